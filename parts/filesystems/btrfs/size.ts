/** How large a Btrfs must be, by what the same content has been found to take. */
import { MiB } from '../../units.ts';

/** Below that mkfs.btrfs refuses one that keeps its trees twice. */
export const leastBytes = 128 * MiB;

/** What a file system has in use: of its data, and of the trees that tell where it is. */
export interface UsedBytes {
  data: number;
  /** Once, though each is kept twice. */
  trees: number;
  /** Bytes that mkfs.btrfs wants a file system of this content to have, as if nothing could be compressed. */
  expected: number;
}

/** From the lines in which `btrfs inspect-internal dump-tree` tells of block groups. @throws Error where there are none. */
export function usedBytes(lines: readonly string[]): Pick<UsedBytes, 'data' | 'trees'> {
  const used = { data: 0, trees: 0 };
  let groups = 0;
  for (const line of lines) {
    const [, bytes, flags = ''] = /block group used (\d+) chunk_objectid \d+ flags (\S+)/.exec(line) ?? [];
    if (bytes === undefined) continue;
    groups += 1;
    used[flags.startsWith('DATA') ? 'data' : 'trees'] += Number(bytes);
  }
  if (groups === 0) throw new Error('btrfs told of no block group');
  return used;
}

/**
 * Space is handed out in chunks of at most a tenth of the disk. The last one for data and the last one for trees, which takes its
 * size twice, may be nearly empty: three tenths of the disk then hold nothing. The chunks that every file system begins with,
 * which may be larger than that on a small disk, take less than 128 MiB.
 * @param free of the bytes that the content takes
 */
export function btrfsBytes({ data, trees, expected }: UsedBytes, free: (contentBytes: number) => number): number {
  const contentBytes = data + 2 * trees;
  const sizeBytes = (contentBytes + free(contentBytes)) / 0.7 + 128 * MiB;
  return Math.ceil(Math.max(leastBytes, expected, sizeBytes) / MiB) * MiB;
}
