/** Commands to copy: an image in a virtual machine at home, and on a disk. Pure. */
import { type Architecture, qemuNames } from '../../../architecture.ts';
import type { Artifact } from '../../../model/artifact.ts';

type Image = Pick<Artifact, 'name' | 'mediaType' | 'disk' | 'sparse'>;

export interface CommandLine {
  label: string;
  command: string;
}

/** Where the packages `ovmf` and `qemu-efi-aarch64` put the firmware. */
const firmware: Readonly<Record<Architecture, string>> = {
  x86_64: '/usr/share/ovmf/OVMF.fd',
  aarch64: '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd',
};

const packedType = 'application/zstd';

/** Nothing of what no machine takes as a disk. The disk to write to is for whoever copies the line to fill in. */
export function commandLines(image: Image, arch: Architecture): CommandLine[] {
  if (image.disk === null) return [];
  const packed = image.mediaType === packedType;
  const unpacked = packed ? image.name.replace(/\.zst$/, '') : image.name;
  const run = [
    ...(packed ? [`zstd -d ${quoted(image.name)} -o ${quoted(unpacked)}`] : []),
    qemuLine(image, unpacked, arch),
  ];
  return [
    { label: 'Run in QEMU', command: run.join(' && ') },
    { label: 'Write to a disk', command: writeLine(image, packed) },
  ];
}

/** What the machine writes goes with it (`-snapshot`), so that the image stays what was tested. */
function qemuLine({ disk }: Image, file: string, arch: Architecture): string {
  const { program, machine } = qemuNames[arch];
  // QEMU takes a comma in a file's name doubled.
  const drive = `file=${file.replaceAll(',', ',,')}`;
  const medium = disk === 'cdrom' ? `-cdrom ${quoted(file)}` : `-drive ${quoted(drive)}`;
  return `${program} -machine ${machine},accel=kvm:tcg -cpu max -m 1G -bios ${firmware[arch]} ${medium} -nographic -snapshot`;
}

/** dd(1) for what is the disk byte for byte; qemu-img(1) reads every other form of it. */
function writeLine({ name, sparse, disk }: Image, packed: boolean): string {
  const dd = 'sudo dd of=/dev/sdX bs=4M conv=fsync status=progress';
  if (packed) return `zstd -dc ${quoted(name)} | ${dd}`;
  if (sparse || disk === 'cdrom') return `${dd} if=${quoted(name)}`;
  return `sudo qemu-img convert -n -O raw ${quoted(name)} /dev/sdX`;
}

/** A word of a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
