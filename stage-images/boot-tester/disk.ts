/** Makes an artifact a disk that QEMU can read. */
import { join } from 'node:path';
import type { PackagedArtifact, QemuDisk } from '../../src/stages/package/data.ts';
import { pipeTools } from '../contract/tool.ts';
import type { GuestParts } from './qemu-arguments.ts';

/** What writes the content of a compressed file to its standard output. */
const unpackers: Readonly<Record<NonNullable<QemuDisk['packed']>, string>> = { zstd: 'zstd', gzip: 'gzip', xz: 'xz' };

/**
 * The disk of the artifact at `path`: the file itself, or, when it is compressed, an unpacked copy (with holes) in
 * `folder`. @param seenAs what the machine sees in it @throws ToolError when it cannot be unpacked.
 */
export async function asDisk(
  { driver, packed }: QemuDisk,
  path: string,
  folder: string,
  seenAs: PackagedArtifact['disk'] = null,
): Promise<GuestParts['disk']> {
  const disk = { driver, ...(seenAs === null || seenAs === 'whole' ? {} : { seenAs }) };
  if (packed === null) return { path, ...disk };
  const unpacked = join(folder, 'disk');
  // gzip(1) writes no holes by itself, and dd(1) leaves out every block of zeros.
  const sparse = ['bs=64K', 'iflag=fullblock', 'conv=sparse', 'status=none'];
  await pipeTools([
    [unpackers[packed], '--decompress', '--quiet', '--stdout', '--', path],
    ['dd', `of=${unpacked}`, ...sparse],
  ]);
  return { path: unpacked, ...disk };
}
