import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack as tarPack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FileTree } from './file-tree.ts';
import { writeSortedTar } from './sorted-tar.ts';
import { TarArchive } from './tar-archive.ts';
import { readTarEntries } from './tar-entries.ts';
import { TarTree } from './tar-tree.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-sorted-'));
});
afterEach(() => rm(folder, { recursive: true }));

type Written = Parameters<ReturnType<typeof tarPack>['entry']>[0] & { content?: string };

async function archive(name: string, entries: readonly Written[]): Promise<TarArchive> {
  const pack = tarPack();
  for (const { content, ...header } of entries)
    if (content === undefined) pack.entry(header);
    else pack.entry(header, content);
  pack.finalize();
  const path = join(folder, name);
  await pipeline(pack, createWriteStream(path));
  return new TarArchive(path);
}

async function sorted(tree: FileTree): Promise<string> {
  const target = join(folder, 'sorted.tar');
  await rm(target, { force: true });
  await writeSortedTar(tree, target);
  return target;
}

test('each path is there once, a folder before what is in it, with all that the archives say of it', async () => {
  const before = await archive('before.tar', [
    { name: 'etc/', type: 'directory', mode: 0o700 },
    { name: 'etc/fstab', content: 'x\n' },
    { name: 'usr/', type: 'directory' },
    { name: 'usr/lib/', type: 'directory' },
    { name: 'usr/lib/z', content: 'z' },
  ]);
  const after = await archive('after.tar', [
    { name: './', type: 'directory' },
    { name: './dev/', type: 'directory' },
    { name: './dev/null', type: 'character-device', devmajor: 1, devminor: 3, mode: 0o666 },
    { name: './etc/', type: 'directory', mode: 0o755, uid: 7 },
    { name: './etc-old', content: 'old' },
    { name: './usr/', type: 'directory' },
    { name: './usr/lib/', type: 'directory' },
    {
      ...{ name: `./usr/lib/${'long'.repeat(40)}`, content: 'a', mode: 0o4755, mtime: new Date(1000) },
      pax: { 'SCHILY.xattr.user.note': 'kept' },
    },
  ]);
  const target = await sorted(new TarTree([before, after], join(folder, 'work')));
  const { entries } = await readTarEntries(target);
  expect(entries.map(({ path }) => path)).toEqual([
    ...['./', './dev/', './dev/null', './etc/', 'etc/fstab', './etc-old', './usr/', './usr/lib/'],
    ...[`./usr/lib/${'long'.repeat(40)}`, 'usr/lib/z'],
  ]);
  expect(entries[3]).toMatchObject({ mode: 0o755, uid: 7 });
  expect(entries[8]).toMatchObject({ mode: 0o4755, mtime: 1, sizeBytes: 1 });
  expect(entries[8]?.xattrs.get('user.note')?.toString()).toBe('kept');
  // Devices keep their numbers, of which the entries do not tell.
  expect(execFileSync('tar', ['-tvf', target]).toString()).toMatch(/^crw-rw-rw- .* 1,3 .*\.\/dev\/null$/m);
  expect(execFileSync('tar', ['-xOf', target, 'etc/fstab', 'usr/lib/z']).toString()).toBe('x\nz');
});

test('the same tree is the same tar, in whichever order its archive has it', async () => {
  const one: Written = { name: 'b', content: 'b', mtime: new Date(0) };
  const two: Written = { name: 'a', content: 'a', mtime: new Date(0) };
  const first = await readFile(await sorted(new TarTree([await archive('1', [one, two])], folder)));
  const second = await readFile(await sorted(new TarTree([await archive('2', [two, one])], folder)));
  expect(first.equals(second)).toBe(true);
});

test('a hard link comes behind its file', async () => {
  const tree = await archive('links', [
    { name: 'z', content: 'z' },
    { name: 'a', type: 'link', linkname: 'z' },
    { name: 'b', content: 'b' },
    { name: 'c', type: 'link', linkname: 'b' },
  ]);
  const target = await sorted(new TarTree([tree], folder));
  expect((await readTarEntries(target)).entries.map(({ path }) => path)).toEqual(['b', 'c', 'z', 'a']);
  expect(execFileSync('tar', ['-tf', target]).toString()).toBe('b\nc\nz\na\n');
});
