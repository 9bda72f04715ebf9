import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { PlacedTree } from '../../file-tree/placed-tree.ts';
import { TarArchive } from '../../file-tree/tar-archive.ts';
import { joinArchives } from '../../file-tree/tar-tree.ts';
import { refuseTimesBeyond } from '../times.ts';
import { lastOfEach } from './last-of-each.ts';
import { squashfs, squashfsArguments } from './squashfs.ts';

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'ldf-squashfs-'));
});
afterAll(() => rm(work, { recursive: true }));

test('of folders that are named again the last one counts, and nothing is lost around them', async () => {
  const first = new TarArchive(
    await new PlacedTree(
      [
        { path: 'etc/fstab', content: 'mounts' },
        { path: 'a', content: 'a' },
      ],
      join(work, '1'),
      1,
    ).archive(),
  );
  const second = new PlacedTree(
    [
      { path: 'etc/motd', content: 'x'.repeat(1000) },
      { path: 'z', content: '' },
    ],
    join(work, '2'),
    2,
  );
  const joined = new TarArchive(join(work, 'joined.tar'));
  const before = { path: first.path, ...(await first.content()) };
  await joinArchives([before], await second.archive(), joined.path);
  const kept = join(work, 'kept.tar');
  await writeFile(kept, lastOfEach(joined));
  const { entries } = await new TarArchive(kept).content();
  expect(entries.map(({ path, mtime }) => [path, mtime])).toEqual([
    ['a', 1],
    ['etc/fstab', 1],
    ['etc/', 2],
    ['etc/motd', 2],
    ['z', 2],
  ]);
  await runTool('tar', ['--extract', `--file=${kept}`, `--directory=${work}`]);
});

test("the root folder's own owner, mode, time and attributes are told, for sqfstar passes over it", () => {
  const xattrs = new Map([['user.mark', Buffer.from([0, 255])]]);
  const root = { mode: 0o1751, uid: 3, gid: 4, mtime: 99, xattrs };
  const told = squashfsArguments('/image', root, { sourceDate: 7 }, 'xz').join(' ');
  expect(told).toContain('-root-mode 1751 -root-uid 3 -root-gid 4 -root-time 99 -p / x user.mark=0x00ff /image');
  expect(squashfsArguments('/image', undefined, { sourceDate: 7 }, 'xz').join(' ')).toContain('-root-mode 0755');
});

test('a time that it has no room for is refused, naming the file', () => {
  const common = { kind: 'file', uid: 0, gid: 0, mode: 0o644, sizeBytes: 0, link: '', xattrs: new Map() } as const;
  const timed = (mtime: number) => () =>
    refuseTimesBeyond('SquashFS', [{ ...common, path: './etc/old', mtime }], 2 ** 32 - 1);
  expect(timed(-1)).toThrow('SquashFS cannot hold /etc/old as it is: its time is -1 s from 1970');
  expect(timed(2 ** 32)).toThrow(/4294967296 s/);
  expect(timed(0)).not.toThrow();
});

test('it is compressed with what it knows', () => {
  expect(() => squashfs.make({ compression: 'rar' })).toThrow(/compression/);
});
