/** What one types to run an image or to write it to a disk: lines of a POSIX shell, to be copied. Pure. */
import { type Architecture, qemuNames } from '../../../architecture.ts';
import type { Artifact } from '../../../model/artifact.ts';
import { shellWord } from '../../../shell-word.ts';

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

/** By media type: the ending that a compressed file has behind its own, and what unpacks it beside itself. */
const packings: Readonly<Record<string, { ending: string; command: string }>> = {
  'application/zstd': { ending: '.zst', command: 'zstd -dk' },
  'application/gzip': { ending: '.gz', command: 'gunzip -k' },
  'application/x-xz': { ending: '.xz', command: 'xz -dk' },
};

/** None for what no machine takes as a disk. The disk to write to is for whoever copies the line to fill in. */
export function runLines(image: Image, arch: Architecture): RunLine[] {
  if (image.disk === null) return [];
  if (image.disk === 'network') return networkLines(image, arch);
  const packing = packings[image.mediaType];
  const file =
    packing && image.name.endsWith(packing.ending) ? image.name.slice(0, -packing.ending.length) : image.name;
  const unpack = packing ? `${packing.command} ${shellWord(image.name)} && ` : '';
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
      command: unpack + writeCommand(image, file),
    },
  ];
}

/** QEMU's own TFTP serves the folder, and the network card's iPXE asks for the script; only PCs with BIOS firmware have such a card in QEMU. */
function networkLines({ name }: Image, arch: Architecture): RunLine[] {
  const { program, machine } = qemuNames[arch];
  const served = `user,model=virtio-net-pci,tftp=.,bootfile=${name.replaceAll(',', ',,')}`;
  const run = `${program} -machine ${machine},accel=kvm:tcg -cpu max -m 1G -nographic -nic ${shellWord(served)}`;
  return [
    ...(arch === 'x86_64'
      ? [
          {
            title: 'Run it in QEMU',
            note: 'In the folder with the files beside it. Ctrl-A X ends it. It needs memory for twice the root file system, and for what runs.',
            command: run,
          },
        ]
      : []),
    {
      title: 'Serve it',
      note: 'In the folder with the files beside it. At the prompt of iPXE: `dhcp`, then `chain http://SERVER:8000/` and the name of the script.',
      command: 'python3 -m http.server 8000',
    },
  ];
}

/** qemu(1). */
function qemuCommand({ disk, sparse }: Image, file: string, arch: Architecture): string {
  const { program, machine } = qemuNames[arch];
  // A comma in a file's name is doubled; QEMU asks to be told of what is the disk byte for byte.
  const drive = `if=virtio,${sparse ? 'format=raw,' : ''}file=${file.replaceAll(',', ',,')}`;
  const medium = disk === 'cdrom' ? `-cdrom ${shellWord(file)}` : `-drive ${shellWord(drive)}`;
  const settings = '-cpu max -m 1G -nographic -snapshot';
  return `${program} -machine ${machine},accel=kvm:tcg ${settings} -bios ${firmware[arch]} ${medium} -nic user,model=virtio-net-pci`;
}

/** virt-install(1). */
function virtInstallCommand({ disk, name }: Image, file: string, arch: Architecture): string {
  const machine = `--name ${shellWord(name.replace(/\.[a-z].*$/, ''))} --arch ${arch} --memory 1024 --boot uefi`;
  const medium =
    disk === 'cdrom'
      ? `--cdrom ${shellWord(file)}`
      : `--import --disk ${shellWord(`path=${file.replaceAll(',', ',,')},bus=virtio`)}`;
  return `virt-install ${machine} ${medium} --osinfo detect=on,require=off --graphics none`;
}

/** dd(1) for what is the disk byte for byte; qemu-img(1) reads every other form of it. */
function writeCommand({ sparse, disk }: Image, file: string): string {
  if (sparse || disk === 'cdrom') return `sudo dd of=/dev/sdX bs=4M conv=fsync status=progress if=${shellWord(file)}`;
  return `sudo qemu-img convert -n -O raw ${shellWord(file)} /dev/sdX`;
}
