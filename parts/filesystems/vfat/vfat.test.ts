import { describe, expect, test } from 'vitest';
import type { Entry, EntryKind, FileTree } from '../../file-tree/file-tree.ts';
import { roomOf } from '../../layouts/disk/room.ts';
import { MiB } from '../../units.ts';
import { sectorsPerCluster, smallFat, vfat } from './vfat.ts';

const fat = vfat.make({});
const sizeOf = (tree: FileTree, free: (contentBytes: number) => number) =>
  fat.size(tree, free, { label: 'ESP', key: 'ab'.repeat(32), sourceDate: 0, work: '/none' });

function entry(path: string, rest: Partial<Entry> = {}): Entry {
  const common = { uid: 0, gid: 0, mode: 0o644, sizeBytes: 0, mtime: 0, link: '', xattrs: new Map<string, Buffer>() };
  return { ...common, path, kind: 'file', ...rest };
}

function treeOf(...entries: Entry[]): FileTree {
  const unused = () => Promise.reject(new Error('only entries are asked for'));
  return { entries: async () => entries, archive: unused, folder: unused };
}

test('it is FAT32 by its number of clusters, at every size', () => {
  for (const sizeMiB of [34, 64, 100, 200, 300, 512, 4096]) {
    const clusterBytes = sectorsPerCluster(sizeMiB * MiB) * 512;
    expect((sizeMiB * MiB) / clusterBytes, `${sizeMiB} MiB`).toBeGreaterThan(65_525);
  }
  expect([64, 100, 200, 512].map((sizeMiB) => sectorsPerCluster(sizeMiB * MiB))).toEqual([1, 2, 4, 8]);
});

test('it is never smaller than a FAT32 can be, and has room beside its content', async () => {
  const { least, roomy } = roomOf('esp');
  const kernel = treeOf(entry('linux', { sizeBytes: 60 * MiB }));
  expect(await sizeOf(treeOf(), least)).toBe(34 * MiB);
  expect(await sizeOf(kernel, least)).toBeGreaterThan(61 * MiB);
  expect(await sizeOf(kernel, roomy)).toBeGreaterThan(120 * MiB);
});

test('a small one has no room but for its content', async () => {
  const facts = { label: 'ESP', key: 'ab'.repeat(32), sourceDate: 0, work: '/none' };
  const program = treeOf(entry('EFI/BOOT/BOOTX64.EFI', { sizeBytes: 5 * MiB }));
  expect(await smallFat.size(treeOf(), () => 0, facts)).toBe(4 * MiB);
  expect(await smallFat.size(program, () => 0, facts)).toBeCloseTo(5.25 * MiB);
});

describe('what FAT cannot hold is refused, naming it', () => {
  test.each<[string, Entry, RegExp]>([
    ['a symbolic link', entry('./bin', { kind: 'symlink', link: 'usr/bin' }), /bin as it is: it is a symbolic link/],
    ['a hard link', entry('b', { kind: 'hardlink', link: 'a' }), /hard link/],
    ['a device', entry('./dev/null', { kind: 'character-device' }), /dev\/null .* a device/],
    ['a pipe', entry('p', { kind: 'fifo' }), /a pipe/],
    ['an owner', entry('home/ops/x', { uid: 1000, gid: 1000 }), /belongs to 1000:1000/],
    ['setuid', entry('usr/bin/su', { mode: 0o4755 }), /setuid/],
    [
      'an attribute',
      entry('ping', { xattrs: new Map([['security.capability', Buffer.of(1)]]) }),
      /security\.capability/,
    ],
    ['a pattern of mtools', entry('a/[b]'), /name that is not of letters/],
    ['a name with a star', entry(`${'a'.repeat(100)}*`), /name that is not of letters/],
    ['a final dot', entry('a./b'), /name that is not of letters/],
  ])('%s', async (_what, one, message) => {
    const refusal = expect(sizeOf(treeOf(entry('fine.conf'), one), () => 0)).rejects;
    await refusal.toThrow(message);
    await refusal.toMatchObject({ error: { code: 'file-system.unfit' }, fault: 'user' });
  });

  test('two names that differ in case only, but not a folder that is named again', async () => {
    const twice = treeOf(entry('loader/EDGE.conf'), entry('Loader/edge.conf'));
    await expect(sizeOf(twice, () => 0)).rejects.toThrow(/twice \(FAT ignores case\)/);
    const folder = (path: string) => entry(path, { kind: 'folder' satisfies EntryKind });
    expect(await sizeOf(treeOf(folder('./'), folder('EFI/'), folder('EFI')), () => 0)).toBe(34 * MiB);
  });
});
