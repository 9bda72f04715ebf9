import { expect, test } from 'vitest';
import type { Entry, EntryKind } from '../../file-tree/file-tree.ts';
import { roomOf } from '../../layouts/disk/room.ts';
import { MiB } from '../../units.ts';
import { ext4Bytes, ext4InodeCount, journalMiB, structureBytes } from './size.ts';

const { least, roomy } = roomOf('root');

function entry(kind: EntryKind, path: string, rest: Partial<Entry> = {}): Entry {
  return { path, kind, uid: 0, gid: 0, mode: 0o644, sizeBytes: 0, mtime: 0, link: '', xattrs: new Map(), ...rest };
}

const files = (count: number, sizeBytes: number): Entry[] =>
  Array.from({ length: count }, (_, index) => entry('file', `./data/file-${index}`, { sizeBytes }));

// Blocks that an empty file system of mke2fs 1.47.2 has in use, by dumpe2fs.
test.each([
  { sizeMiB: 37, inodes: 4137, used: 1329 },
  { sizeMiB: 127, inodes: 8128, used: 1589 },
  { sizeMiB: 128, inodes: 8192, used: 4665 },
  { sizeMiB: 420, inodes: 26_880, used: 5984 },
  { sizeMiB: 1023, inodes: 65_472, used: 8922 },
  { sizeMiB: 1024, inodes: 65_536, used: 13_019 },
  { sizeMiB: 3000, inodes: 192_000, used: 30_881 },
  { sizeMiB: 8192, inodes: 524_288, used: 59_023 },
  { sizeMiB: 65_536, inodes: 4_194_304, used: 539_260 },
])('the structures of $sizeMiB MiB are counted in full, and not much beyond', ({ sizeMiB, inodes, used }) => {
  const counted = structureBytes(sizeMiB * MiB, inodes) / 4096;
  expect(counted).toBeGreaterThanOrEqual(used);
  expect(counted - used).toBeLessThan(1024 + used * 0.02);
});

test('content takes whole blocks, and the first boot finds some room', () => {
  const sizeBytes = ext4Bytes(files(10_000, 1), least);
  expect(sizeBytes).toBeGreaterThan(10_000 * 4096 + 16 * MiB);
  expect(sizeBytes).toBeLessThan(10_000 * 4096 + 64 * MiB);
});

test('automatic size leaves a quarter of the content free, and never less than 192 MiB', () => {
  const small = files(1, MiB);
  expect(ext4Bytes(small, roomy)).toBeGreaterThan(193 * MiB);
  const large = files(1000, 4 * MiB);
  expect(ext4Bytes(large, roomy)).toBeGreaterThan(5000 * MiB);
  expect(ext4Bytes(large, roomy)).toBeLessThan(5500 * MiB);
});

test('there are inodes for many small files, and for those still to come', () => {
  const many = files(100_000, 0);
  expect(ext4InodeCount(ext4Bytes(many, least), many)).toBe(129_096);
  expect(ext4InodeCount(8192 * MiB, many)).toBe(524_288);
  const links = many.map((file): Entry => ({ ...file, kind: 'hardlink' }));
  expect(ext4InodeCount(64 * MiB, links)).toBe(4096);
});

test('a long symbolic link takes a block, a hard link none', () => {
  const links = (kind: EntryKind, link: string) => Array.from({ length: 10_000 }, () => entry(kind, './a', { link }));
  const base = ext4Bytes(links('symlink', 'short'), least);
  expect(ext4Bytes(links('symlink', 'x'.repeat(80)), least) - base).toBeGreaterThan(39 * MiB);
  expect(ext4Bytes(links('hardlink', 'short'), least)).toBeLessThanOrEqual(base);
});

test('the journal has the sizes of mke2fs', () => {
  expect([100, 500, 1500, 8192, 32_768, 131_072].map((sizeMiB) => journalMiB(sizeMiB * MiB))).toEqual([
    4, 16, 32, 64, 256, 1024,
  ]);
});
