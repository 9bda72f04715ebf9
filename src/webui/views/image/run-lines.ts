/** What one types to run an image or to write it to a disk: lines of a POSIX shell, to be copied. Pure. */
import { type Architecture, qemuNames } from '../../../architecture.ts';
import type { Artifact } from '../../../model/artifact.ts';

export interface RunLine {
  title: string;
  /** What it does, and what to watch out for. */
  note: string;
  command: string;
}

type Image = Pick<Artifact, 'name' | 'mediaType' | 'disk' | 'sparse'>;

/** Where Debian's packages put the firmware (ovmf, qemu-efi-aarch64). */
const firmware: Readonly<Record<Architecture, string>> = {
  x86_64: '/usr/share/ovmf/OVMF.fd',
  aarch64: '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd',
};

const zstd = 'application/zstd';

/** None for what no machine takes as a disk. The disk to write to is for whoever copies the line to fill in. */
export function runLines(image: Image, arch: Architecture): RunLine[] {
  if (image.disk === null) return [];
  const packed = image.mediaType === zstd;
  const file = packed ? image.name.replace(/\.zst$/, '') : image.name;
  const unpack = packed ? `zstd -dk ${word(image.name)} && ` : '';
  return [
    {
      title: 'Run it in QEMU',
      note: 'Ctrl-A X ends it. What it writes is discarded, so that the image stays what was tested.',
      command: unpack + qemuCommand(image, file, arch),
    },
    {
      title: 'Keep it as a virtual machine',
      note: 'virt-install hands it to libvirt, which boots from the file itself.',
      command: unpack + virtInstallCommand(image, file, arch),
    },
    {
      title: 'Write it to a disk',
      note: 'Replace /dev/sdX with the disk: everything on it is overwritten.',
      command: writeCommand(image, packed),
    },
  ];
}

/** qemu(1). */
function qemuCommand({ disk, sparse }: Image, file: string, arch: Architecture): string {
  const { program, machine } = qemuNames[arch];
  // A comma in a file's name is doubled; QEMU asks to be told of what is the disk byte for byte.
  const drive = `if=virtio,${sparse ? 'format=raw,' : ''}file=${file.replaceAll(',', ',,')}`;
  const medium = disk === 'cdrom' ? `-cdrom ${word(file)}` : `-drive ${word(drive)}`;
  const settings = '-cpu max -m 1G -nographic -snapshot';
  return `${program} -machine ${machine},accel=kvm:tcg ${settings} -bios ${firmware[arch]} ${medium} -nic user,model=virtio-net-pci`;
}

/** virt-install(1). */
function virtInstallCommand({ disk, name }: Image, file: string, arch: Architecture): string {
  const machine = `--name ${word(name.replace(/\.[a-z].*$/, ''))} --arch ${arch} --memory 1024 --boot uefi`;
  const medium =
    disk === 'cdrom'
      ? `--cdrom ${word(file)}`
      : `--import --disk ${word(`path=${file.replaceAll(',', ',,')},bus=virtio`)}`;
  return `virt-install ${machine} ${medium} --osinfo detect=on,require=off --graphics none`;
}

/** dd(1) for what is the disk byte for byte; qemu-img(1) reads every other form of it. */
function writeCommand({ name, sparse, disk }: Image, packed: boolean): string {
  const dd = 'sudo dd of=/dev/sdX bs=4M conv=fsync status=progress';
  if (packed) return `zstd -dc ${word(name)} | ${dd}`;
  if (sparse || disk === 'cdrom') return `${dd} if=${word(name)}`;
  return `sudo qemu-img convert -n -O raw ${word(name)} /dev/sdX`;
}

/** As one word (POSIX, XCU 2.2.2). */
function word(text: string): string {
  return /^[A-Za-z0-9_./=,:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
