import { describe, expect, test } from 'vitest';
import type { Entry } from '../../file-tree/file-tree.ts';
import { MiB } from '../../units.ts';
import { btrfs, contentArguments } from './btrfs.ts';
import { keptEntries } from './contents.ts';
import { BtrfsParams } from './params.ts';
import { btrfsBytes, usedBytes } from './size.ts';

const subvolumes = [
  { name: '@', path: '/' },
  { name: '@home', path: '/home' },
];

function entry(kind: Entry['kind'], path: string, rest: Partial<Entry> = {}): Entry {
  return { path, kind, uid: 0, gid: 0, mode: 0o644, sizeBytes: 0, mtime: 0, link: '', xattrs: new Map(), ...rest };
}

describe('what a definition may ask for', () => {
  test('is compression with a level, and subvolumes, one of which is for /', () => {
    const params = BtrfsParams.parse({ level: 9, subvolumes });
    expect(contentArguments(params)).toEqual([
      ...['--compress', 'zstd:9', '--subvol', 'default:@', '--subvol', 'rw:@home'],
    ]);
    expect(contentArguments(BtrfsParams.parse({ compression: 'none' }))).toEqual([]);
    expect(btrfs.make({})).toMatchObject({ writable: true, readByUefi: false });
  });

  test.each([
    [{ compression: 'lz4' }, /compression/],
    [{ level: 16 }, /level/],
    [{ subvolumes: subvolumes.slice(1) }, /must have one for \//],
    [{ subvolumes: [{ name: 'a b', path: '/' }] }, /must be a name such as @home/],
    [{ subvolumes: [...subvolumes, { name: '@lib', path: '/var/lib' }] }, /a folder at the top/],
  ])('is not %j', (params, message) => {
    expect(() => btrfs.make(params)).toThrow(message);
  });
});

describe('what it cannot hold', () => {
  test('is a device, but where the kernel lays its own over it', () => {
    const device = { device: { major: 1, minor: 3 } };
    const inDev = [entry('folder', './dev/'), entry('character-device', './dev/null', device)];
    const { keeps } = keptEntries(inDev, []);
    expect(inDev.filter(keeps).map(({ path }) => path)).toEqual(['./dev/']);
    const elsewhere = () => keptEntries([entry('block-device', './srv/disk', device)], []);
    expect(elsewhere).toThrow('Btrfs cannot hold /srv/disk as it is: it is a device');
  });

  test('is a file with names in two subvolumes', () => {
    const across = entry('hardlink', './home/ops/tool', { link: './usr/bin/tool' });
    expect(() => keptEntries([across], subvolumes)).toThrow(
      /one file with \/usr\/bin\/tool, which is in the root, not in @home/,
    );
    expect(() => keptEntries([across], [])).not.toThrow();
    const within = entry('hardlink', './home/ops/b', { link: './home/ops/a' });
    expect(() => keptEntries([within], subvolumes)).not.toThrow();
  });
});

describe('its size', () => {
  const lines = [
    '\titem 1 key (13631488 BLOCK_GROUP_ITEM 8388608) itemoff 16206 itemsize 24',
    '\t\tblock group used 200704 chunk_objectid 256 flags DATA|single',
    '\t\tblock group used 16384 chunk_objectid 256 flags SYSTEM|DUP',
    '\t\tblock group used 1163264 chunk_objectid 256 flags METADATA|DUP',
  ];

  test('is that of what has been found to be used, trees twice, with room for chunks that are not full', () => {
    expect(usedBytes(lines)).toEqual({ data: 200_704, trees: 1_179_648 });
    expect(() => usedBytes(lines.slice(0, 1))).toThrow(/no block group/);
    const used = { data: 100 * MiB, trees: 10 * MiB, expected: 0 };
    const sizeBytes = btrfsBytes(used, () => 24 * MiB);
    expect(sizeBytes % MiB).toBe(0);
    expect(sizeBytes * 0.7 - 88 * MiB).toBeGreaterThan(used.data + 2 * used.trees + 24 * MiB - 1);
    expect(btrfsBytes({ data: 0, trees: 0, expected: 0 }, () => 0)).toBe(128 * MiB);
    expect(btrfsBytes({ ...used, expected: 5000 * MiB }, () => 0)).toBe(5000 * MiB);
  });
});
