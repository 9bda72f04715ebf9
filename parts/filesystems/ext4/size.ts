/**
 * How large an ext4 file system must be for a given content. An upper bound worked out from the on-disk layout
 * (Documentation/filesystems/ext4 in the kernel), for 4 KiB blocks and 256-byte inodes: what fits here fits on disk.
 */
import type { Entry } from '../../file-tree/file-tree.ts';
import { MiB } from '../../units.ts';

const blockBytes = 4096;
const blocksPerGroup = 8 * blockBytes;
const inodeBytes = 256;
const descriptorBytes = 64;
/** mke2fs.conf(5): one inode for each 16 KiB. */
const bytesPerInode = 16_384;
/** A symbolic link shorter than this lies in its inode. */
const fastLinkBytes = 60;

/** Extent and attribute blocks, gaps at the ends of groups. */
const contentSlack = 1.015;

/** The smallest whole number of MiB that holds the entries and has as many bytes free as `free` says of what they take. */
export function ext4Bytes(entries: readonly Entry[], free: (contentBytes: number) => number): number {
  const content = contentBytes(entries);
  return sizeFor(entries, content + free(content));
}

/** How many inodes a file system of `sizeBytes` is made with: by its size, and never short of what content there is. */
export function ext4InodeCount(sizeBytes: number, entries: readonly Entry[]): number {
  const used = entries.filter((entry) => entry.kind !== 'hardlink').length;
  return Math.max(Math.ceil(sizeBytes / bytesPerInode), Math.ceil(used * 1.25) + 4096);
}

/** The journal's size by that of the file system, as mke2fs(8) chooses it; given explicitly so that it can be counted. */
export function journalMiB(sizeBytes: number): number {
  const steps = [
    { below: 128 * MiB, journal: 4 },
    { below: 1024 * MiB, journal: 16 },
    { below: 2 * 1024 * MiB, journal: 32 },
    { below: 16 * 1024 * MiB, journal: 64 },
    { below: 64 * 1024 * MiB, journal: 256 },
  ];
  return steps.find(({ below }) => sizeBytes < below)?.journal ?? 1024;
}

/** The smallest whole number of MiB that has `freeBytes` beside the file system's own structures. */
function sizeFor(entries: readonly Entry[], freeBytes: number): number {
  let size = Math.ceil(freeBytes / MiB) * MiB;
  // The structures grow slower than the size, so adding just what is short never passes the answer.
  for (;;) {
    const short = freeBytes + structureBytes(size, ext4InodeCount(size, entries)) - size;
    if (short <= 0) return size;
    size += Math.ceil(short / MiB) * MiB;
  }
}

/** Superblocks, group descriptors with room to grow, bitmaps, inode tables, journal, orphan file, lost+found. */
export function structureBytes(sizeBytes: number, inodes: number): number {
  const groups = Math.ceil(sizeBytes / blockBytes / blocksPerGroup);
  const descriptors = Math.ceil((groups * descriptorBytes) / blockBytes);
  // resize_inode reserves descriptors for a file system 1024 times as large, one block of them pointing to the others.
  const reserved = Math.min(blockBytes / 4, Math.ceil((groups * 1024 * descriptorBytes) / blockBytes));
  const inodeTable = Math.ceil((Math.ceil(inodes / groups) * inodeBytes) / blockBytes) + 1;
  const orphanFile = 512;
  const lostAndFound = 4;
  const blocks =
    superblockCopies(groups) * (1 + descriptors + reserved) + groups * (2 + inodeTable) + orphanFile + lostAndFound;
  return blocks * blockBytes + journalMiB(sizeBytes) * MiB + MiB;
}

/** sparse_super: groups 0 and 1 and the powers of 3, 5 and 7 hold copies of superblock and descriptors. */
function superblockCopies(groups: number): number {
  let copies = Math.min(groups, 2);
  for (const base of [3, 5, 7]) for (let group = base; group < groups; group *= base) copies += 1;
  return copies;
}

/** What the content takes of the blocks that are left to it. */
function contentBytes(entries: readonly Entry[]): number {
  let blocks = 0;
  const folderBytes = new Map<string, number>();
  for (const entry of entries) {
    const listed = listedPath(entry);
    const slash = listed.replace(/\/$/, '').lastIndexOf('/');
    const folder = listed.slice(0, Math.max(0, slash));
    folderBytes.set(folder, (folderBytes.get(folder) ?? 0) + 12 + Buffer.byteLength(listed) - slash);
    blocks += Math.ceil(entry.sizeBytes / blockBytes);
    if (entry.kind === 'symlink' && Buffer.byteLength(listed) >= fastLinkBytes) blocks += 1;
    if (entry.kind === 'folder') blocks += 1;
  }
  // A block of a directory may be left with a gap that the longest name did not fit.
  const usable = blockBytes - 12 - 264;
  for (const bytes of folderBytes.values()) blocks += Math.floor(bytes / usable);
  return Math.ceil(blocks * contentSlack) * blockBytes;
}

/**
 * A link's name with its target, as ls(1) and tar(1) show it, which only rounds up. The size of every image rests on these
 * figures: another way of counting gives other images for the same definition.
 */
function listedPath({ kind, path, link }: Entry): string {
  if (kind === 'symlink') return `${path} -> ${link}`;
  return kind === 'hardlink' ? `${path} link to ${link}` : path;
}
