import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PlacedTree } from '../placed-tree.ts';
import { ToldFolder } from './told-tree.ts';

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'ldf-told-'));
});
afterAll(() => rm(work, { recursive: true }));

test('the table has a line for each file, by its inode, wherever it has gone since', async () => {
  const facts = { label: 'root', key: 'ab'.repeat(32), sourceDate: 7, work };
  const tree = new PlacedTree([{ path: 'etc/motd', content: 'hi' }], join(work, 'placed'), 5);
  const told = await ToldFolder.of(tree, join(work, 'tree'), { facts, keeps: () => true });
  await told.add(join(work, 'top'), told.ofRoot());
  await rename(join(work, 'tree'), join(work, 'top/@'));
  const xattrs = new Map([
    ['user.b', Buffer.from('b')],
    ['security.capability', Buffer.from([0, 255])],
  ]);
  const motd = join(work, 'top/@/etc/motd');
  await told.tell(motd, { ...told.ofRoot(), kind: 'file', mode: 0o4711, uid: 3, gid: 4, mtime: 9, xattrs });
  const environment = await told.environment();
  expect(environment).toMatchObject({ SOURCE_DATE_EPOCH: '7', LDF_TOLD_SEED: expect.stringMatching(/^[0-9a-f]{32}$/) });
  const [device, ...lines] = (await readFile(environment.LDF_TOLD_TREE ?? '', 'utf8')).trimEnd().split('\n');
  expect(Number(device)).toBe((await stat(motd)).dev);
  const inode = async (path: string) => (await stat(path)).ino;
  expect(lines.sort()).toEqual(
    [
      `${await inode(join(work, 'top'))} 40755 0 0 7 0 0 0`,
      `${await inode(join(work, 'top/@'))} 40755 0 0 7 0 0 0`,
      `${await inode(join(work, 'top/@/etc'))} 40755 0 0 5 0 0 0`,
      `${await inode(motd)} 104711 3 4 9 0 0 2`,
      'security.capability x00ff',
      'user.b x62',
    ].sort(),
  );
});
