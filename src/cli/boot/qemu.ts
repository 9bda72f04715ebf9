/** The command of a QEMU on this machine that boots an image file: qemu(1). */
import { access } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { type Architecture, qemuNames } from '../../architecture.ts';
import { LdfError } from '../../errors.ts';
import type { Terminal } from '../terminal.ts';

export interface QemuWish {
  /** Absolute. */
  image: string;
  arch: Architecture;
  memoryMiB: number;
  network: boolean;
}

/** By the end of a file's name. Without `format=`, QEMU tells the format by how the file begins. */
const drives: readonly { pattern: RegExp; options: string }[] = [
  { pattern: /\.iso$/i, options: 'format=raw,media=cdrom' },
  { pattern: /\.(raw|img)$/i, options: 'format=raw,if=virtio' },
  { pattern: /\.(qcow|qcow2|qed|vdi|vhd|vhdx|vmdk|vpc)$/i, options: 'if=virtio' },
];

/** Where distributions put UEFI for `-bios`: one file that keeps no variables. */
const firmware: Readonly<Record<Architecture, readonly string[]>> = {
  x86_64: [
    '/usr/share/ovmf/OVMF.fd',
    '/usr/share/edk2/ovmf/OVMF.fd',
    '/usr/share/edk2/x64/OVMF.4m.fd',
    '/usr/share/qemu/ovmf-x86_64.bin',
  ],
  aarch64: ['/usr/share/qemu-efi-aarch64/QEMU_EFI.fd', '/usr/share/edk2/aarch64/QEMU_EFI.fd'],
};

/**
 * The program's path and its arguments. What the machine writes to its disk goes with it.
 * @returns undefined when there is no QEMU for the architecture
 * @throws LdfError `usage` for what no machine can start from as it is, or when there is no firmware
 */
export async function qemuCommand(wish: QemuWish, env: Terminal['env']): Promise<[string, ...string[]] | undefined> {
  if (netScript.test(wish.image)) return networkCommand(wish, env);
  const drive = driveOf(wish.image);
  const { machine } = qemuNames[wish.arch];
  const path = await programPath(wish.arch, env);
  if (path === undefined) return undefined;
  const bios = await firstOf(firmware[wish.arch]);
  if (bios === undefined)
    throw new LdfError('usage', `There is no UEFI firmware for ${wish.arch} on this machine.`, {
      hint: 'Install it (Debian: ovmf, or qemu-efi-aarch64), or name a build: the server boots it.',
    });
  return [
    path,
    ...['-machine', `${machine},accel=kvm:tcg`, '-cpu', 'max', '-m', `${wish.memoryMiB}M`],
    ...['-nographic', '-snapshot', '-bios', bios],
    ...['-drive', `${drive},file=${escaped(wish.image)}`],
    ...['-nic', wish.network ? 'user,model=virtio-net-pci' : 'none'],
  ];
}

async function programPath(arch: Architecture, env: Terminal['env']): Promise<string | undefined> {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return firstOf(folders.map((folder) => join(folder, qemuNames[arch].program)));
}

/** A script that machines load over the network, with files beside it. */
const netScript = /\.ipxe$/i;

/** QEMU's own DHCP and TFTP serve the folder of the script to the iPXE of a network card, which PCs with BIOS firmware have. */
async function networkCommand(
  { image, arch, memoryMiB, network }: QemuWish,
  env: Terminal['env'],
): Promise<[string, ...string[]] | undefined> {
  if (arch !== 'x86_64' || !network)
    throw new LdfError('usage', `${image} starts over the network, for which QEMU has a PC's network card alone.`, {
      hint: 'Give it its network and --arch x86_64, or serve the files to another machine.',
    });
  const path = await programPath(arch, env);
  if (path === undefined) return undefined;
  const served = `tftp=${escaped(dirname(image))},bootfile=${escaped(basename(image))}`;
  return [
    path,
    ...['-machine', `${qemuNames[arch].machine},accel=kvm:tcg`, '-cpu', 'max', '-m', `${memoryMiB}M`],
    ...['-nographic', '-nic', `user,model=virtio-net-pci,${served}`],
  ];
}

/** QEMU takes a comma in a value doubled. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}

function driveOf(image: string): string {
  const known = drives.find(({ pattern }) => pattern.test(image));
  if (known) return known.options;
  const compressed = /\.(zst|xz|gz)$/i.exec(image);
  throw new LdfError('usage', `${image} cannot be booted as it is.`, {
    hint: compressed
      ? `Unpack it first, as with \`${compressed[1] === 'zst' ? 'zstd -d' : compressed[1] === 'xz' ? 'xz -dk' : 'gunzip -k'}\`, or name the build: the server boots it.`
      : 'Give a disk image with the ending of its format, such as .img or .iso, or name a build.',
  });
}

async function firstOf(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths)
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  return undefined;
}
