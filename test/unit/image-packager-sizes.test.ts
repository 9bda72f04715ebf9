import { expect, test } from 'vitest';
import {
  ext4InodeCount,
  ext4LeastBytes,
  ext4RoomyBytes,
  journalMiB,
  structureBytes,
} from '../../stage-images/image-packager/ext4-size.ts';
import { MiB } from '../../stage-images/image-packager/layout.ts';
import type { TarEntry } from '../../stage-images/image-packager/root-tree.ts';
import { parentFolders, sectorsPerCluster, vfat } from '../../stage-images/image-packager/vfat.ts';

const files = (count: number, sizeBytes: number): TarEntry[] =>
  Array.from({ length: count }, (_, index) => ({ type: '-', sizeBytes, path: `./data/file-${index}` }));

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
  const least = ext4LeastBytes(files(10_000, 1));
  expect(least).toBeGreaterThan(10_000 * 4096 + 16 * MiB);
  expect(least).toBeLessThan(10_000 * 4096 + 64 * MiB);
});

test('automatic size leaves a quarter of the content free, and never less than 192 MiB', () => {
  const small = files(1, MiB);
  expect(ext4RoomyBytes(small)).toBeGreaterThan(193 * MiB);
  const large = files(1000, 4 * MiB);
  expect(ext4RoomyBytes(large)).toBeGreaterThan(5000 * MiB);
  expect(ext4RoomyBytes(large)).toBeLessThan(5500 * MiB);
});

test('there are inodes for many small files, and for those still to come', () => {
  const many = files(100_000, 0);
  expect(ext4InodeCount(ext4LeastBytes(many), many)).toBe(129_096);
  expect(ext4InodeCount(8192 * MiB, many)).toBe(524_288);
  const links = many.map((entry): TarEntry => ({ ...entry, type: 'h' }));
  expect(ext4InodeCount(64 * MiB, links)).toBe(4096);
});

test('a long symbolic link takes a block, a hard link none', () => {
  const link = (type: string, target: string) =>
    Array.from({ length: 10_000 }, (): TarEntry => ({ type, sizeBytes: 0, path: `./a -> ${target}` }));
  const base = ext4LeastBytes(link('l', 'short'));
  expect(ext4LeastBytes(link('l', 'x'.repeat(80))) - base).toBeGreaterThan(39 * MiB);
  expect(ext4LeastBytes(link('h', 'short'))).toBeLessThanOrEqual(base);
});

test('the journal has the sizes of mke2fs', () => {
  expect([100, 500, 1500, 8192, 32_768, 131_072].map((sizeMiB) => journalMiB(sizeMiB * MiB))).toEqual([
    4, 16, 32, 64, 256, 1024,
  ]);
});

test('an ESP is FAT32 by its number of clusters, at every size', () => {
  for (const sizeMiB of [34, 64, 100, 200, 300, 512, 4096]) {
    const clusterBytes = sectorsPerCluster(sizeMiB * MiB) * 512;
    expect((sizeMiB * MiB) / clusterBytes, `${sizeMiB} MiB`).toBeGreaterThan(65_525);
  }
  expect([64, 100, 200, 512].map((sizeMiB) => sectorsPerCluster(sizeMiB * MiB))).toEqual([1, 2, 4, 8]);
});

test('an ESP has room for a second kernel', () => {
  const esp = [{ path: 'linux', source: '/linux', sizeBytes: 60 * MiB }];
  const empty = { entries: [], archive: '/none' };
  expect(vfat.measure({ esp, root: empty }).roomyBytes).toBeGreaterThan(120 * MiB);
  expect(vfat.measure({ esp: [], root: empty })).toEqual({ leastBytes: 34 * MiB, roomyBytes: 64 * MiB, grows: false });
});

test('folders of the ESP come parents first, each once', () => {
  const paths = ['EFI/BOOT/BOOTX64.EFI', 'loader/loader.conf', 'EFI/systemd/x.efi', 'top'];
  expect(parentFolders(paths.map((path) => ({ path })))).toEqual(['EFI', 'EFI/BOOT', 'EFI/systemd', 'loader']);
});
