/** What one types to run an image or to write it onto a disk: lines of a shell to be copied. Pure. */
import { type Architecture, qemuNames } from '../../../../architecture.ts';
import type { Artifact } from '../../../../model/artifact.ts';

export interface RunLine {
  title: string;
  /** What it takes, and what to mind. */
  note: string;
  command: string;
}

type Image = Pick<Artifact, 'name' | 'format' | 'mediaType' | 'disk' | 'sparse' | 'bootable'>;

/** Where Debian's packages have the firmware (ovmf, qemu-efi-aarch64). */
const firmware: Readonly<Record<Architecture, string>> = {
  x86_64: '/usr/share/ovmf/OVMF.fd',
  aarch64: '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd',
};

const zstd = 'application/zstd';

/** None for what no machine starts from. */
export function runLines(image: Image, arch: Architecture): RunLine[] {
  const { name, mediaType, disk, sparse, bootable } = image;
  if (!bootable || disk === null) return [];
  const packed = mediaType === zstd;
  const file = packed ? name.replace(/\.zst$/, '') : name;
  const lines = [
    {
      title: 'Run it with QEMU',
      note: 'Ctrl-A X ends it; what it writes is discarded.',
      command: qemuCommand(image, file, arch),
    },
  ];
  const note = 'Replace /dev/sdX with the disk, of which all is overwritten.';
  const write = 'sudo dd of=/dev/sdX bs=4M conv=fsync status=progress';
  if (packed) lines.push({ title: 'Write it onto a disk', note, command: `zstd -dc ${word(name)} | ${write}` });
  else if (sparse || disk === 'cdrom')
    lines.push({ title: 'Write it onto a disk', note, command: `${write} if=${word(name)}` });
  return lines;
}

function qemuCommand({ name, format, mediaType, disk }: Image, file: string, arch: Architecture): string {
  const { program, machine } = qemuNames[arch];
  // QEMU takes a comma in a file's name doubled.
  const path = file.replaceAll(',', ',,');
  const drive =
    disk === 'cdrom'
      ? `-cdrom ${word(file)}`
      : `-drive ${word(`if=virtio,format=${format.split('.')[0]},file=${path}`)}`;
  return [
    ...(mediaType === zstd ? [`zstd -dk ${word(name)} &&`] : []),
    `${program} -machine ${machine},accel=kvm:tcg -cpu max -m 1G -nographic -snapshot`,
    `-bios ${firmware[arch]} ${drive} -nic user,model=virtio-net-pci`,
  ].join(' ');
}

/** As one word of a shell (POSIX, XCU 2.2.2). */
function word(text: string): string {
  return /^[A-Za-z0-9_./=,:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
