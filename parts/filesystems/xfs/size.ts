/**
 * How large an XFS must be for a given content: an upper bound from its layout on the disk (XFS Algorithms & Data Structures, in
 * the kernel's documentation), for blocks of 4 KiB and inodes of 512 bytes.
 */
import { dirname } from 'node:path/posix';
import { type Entry, plainPath } from '../../file-tree/file-tree.ts';
import { MiB } from '../../units.ts';

const blockBytes = 4096;
const inodeBytes = 512;
/** mkfs.xfs(8) makes none that is smaller. */
export const leastBytes = 300 * MiB;
/** Of less than 128 GiB; of more it is a 2048th. */
const logBytes = 64 * MiB;
const logShare = 1 / 2048;
/** Inodes come in chunks of 64, and each of the four allocation groups may have one begun. */
const inodeSlackBytes = 4 * 64 * inodeBytes;
/** What is in its inode, and not in blocks: small folders, links and attributes. */
const insideInodeBytes = 176;
/** In a folder, beside the name; and the hash of the name in its index. */
const folderEntryBytes = 20 + 8;
/** Headers of allocation groups, the trees of free blocks, inodes and shared blocks, gaps between extents. */
const slack = 1.03;
const fixedBytes = 8 * MiB;

/** The smallest whole number of MiB that holds the entries and has as many bytes free as `free` says of what they take. */
export function xfsBytes(entries: readonly Entry[], free: (contentBytes: number) => number): number {
  const content = contentBytes(entries);
  const used = (content + free(content)) * slack + fixedBytes;
  const withLog = Math.max(used + logBytes, used / (1 - logShare));
  return Math.ceil(Math.max(leastBytes, withLog) / MiB) * MiB;
}

function contentBytes(entries: readonly Entry[]): number {
  let bytes = inodeSlackBytes;
  const nameBytes = new Map<string, number>();
  for (const { kind, path, link, sizeBytes, xattrs } of entries) {
    const name = plainPath(path);
    const folder = dirname(name);
    nameBytes.set(folder, (nameBytes.get(folder) ?? 0) + Buffer.byteLength(name) + folderEntryBytes);
    if (kind === 'hardlink') continue;
    bytes += inodeBytes;
    if (kind === 'file') bytes += blocks(sizeBytes);
    if (kind === 'symlink') bytes += inBlocks(Buffer.byteLength(link));
    let attributeBytes = 0;
    for (const [attribute, value] of xattrs) attributeBytes += Buffer.byteLength(attribute) + value.length + 16;
    // The tree of attributes has a block for names, and large values have blocks of their own.
    bytes += inBlocks(attributeBytes) + (attributeBytes > insideInodeBytes ? xattrs.size * blockBytes : 0);
  }
  // Blocks of a folder may be half full after they were split, and the index has some of its own.
  for (const named of nameBytes.values()) if (named > insideInodeBytes) bytes += 2 * blocks(named) + blockBytes;
  return bytes;
}

function inBlocks(bytes: number): number {
  return bytes > insideInodeBytes ? blocks(bytes) : 0;
}

function blocks(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}
