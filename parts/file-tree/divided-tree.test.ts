/** One tree as several: every entry is in one of them, as it was. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HardEntry, hardEntries, tarOf } from '../../test/fixtures/file-systems/hard-tree.ts';
import { divideTree } from './divided-tree.ts';
import { type Entry, type FileTree, plainPath } from './file-tree.ts';
import { TarArchive } from './tar-archive.ts';
import { TarTree } from './tar-tree.ts';

const sourceDate = 1_750_000_000;
let folder = '';
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-divided-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function divided(entries: readonly HardEntry[], mounts: readonly string[]) {
  count += 1;
  const tar = join(folder, `${count}.tar`);
  await writeFile(tar, tarOf(entries));
  const tree = new TarTree([new TarArchive(tar)], join(folder, `tree-${count}`));
  return divideTree(tree, mounts, join(folder, `divided-${count}`), sourceDate);
}

/** What a tree has at each path: the last entry of it, with its content. */
async function told(tree: FileTree | undefined): Promise<Map<string, { entry: Entry; content: string }>> {
  if (!tree) throw new Error('there is no such tree');
  const archive = await tree.archive();
  const { entries, extents } = await new TarArchive(archive).content();
  const data = await readFile(archive);
  return new Map(
    entries.map((entry, index) => {
      const end = extents[index]?.endBytes ?? 0;
      const start = end - Math.ceil(entry.sizeBytes / 512) * 512;
      const content = createHash('sha256')
        .update(data.subarray(start, start + entry.sizeBytes))
        .digest('hex');
      return [plainPath(entry.path), { entry: { ...entry, path: '', link: plainPath(entry.link) }, content }];
    }),
  );
}

function one(path: string, kind: Entry['kind'], rest: Partial<HardEntry> = {}): HardEntry {
  const usual = { uid: 0, gid: 0, mode: kind === 'folder' ? 0o755 : 0o644, mtime: 7, link: '', sizeBytes: 0 };
  return { ...usual, xattrs: new Map(), content: Buffer.alloc(0), ...rest, path, kind };
}

describe('a tree of what is hard to keep', () => {
  test('is in another folder as it was: kinds, owners, modes, times, attributes, links, devices, names and content', async () => {
    const all = hardEntries();
    const below = (path: string) => `./home/${plainPath(path)}${path.endsWith('/') ? '/' : ''}`;
    const moved = all.map((entry) => ({
      ...entry,
      path: below(entry.path),
      link: entry.kind === 'hardlink' ? below(entry.link) : entry.link,
    }));
    const trees = await divided([one('./', 'folder'), ...moved, one('./rest', 'file')], ['/home']);
    const [before, after] = [await divided(all, []), trees];
    const [expected, found] = [await told(before.get('/')), await told(after.get('/home'))];
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [path, entry] of expected) expect(found.get(path), path).toEqual(entry);
    const rest = await told(trees.get('/'));
    expect([...rest.keys()].sort()).toEqual(['', 'home', 'rest']);
    // The folder that it is mounted on has the owner and mode of what is mounted.
    expect(rest.get('home')?.entry).toMatchObject({ mode: 0o751, uid: 3, gid: 4, kind: 'folder' });
  });
});

describe('folders to mount on', () => {
  const tree = [
    one('./', 'folder'),
    one('./var/', 'folder', { mode: 0o711 }),
    one('./var/lib/', 'folder'),
    one('./var/lib/x', 'file', { content: Buffer.from('x'), sizeBytes: 1 }),
    one('./var/log/', 'folder', { gid: 4 }),
    one('./var/log/y', 'file'),
  ];

  test('within each other are empty in the tree above', async () => {
    const trees = await divided(tree, ['/var/log', '/var']);
    const paths = async (mount: string) => [...(await told(trees.get(mount))).keys()].sort();
    expect(await paths('/')).toEqual(['', 'var']);
    expect(await paths('/var')).toEqual(['', 'lib', 'lib/x', 'log']);
    expect(await paths('/var/log')).toEqual(['', 'y']);
    expect((await told(trees.get('/var'))).get('log')?.entry.gid).toBe(4);
  });

  test('are made where there are none, in the tree that they are in', async () => {
    const trees = await divided(tree, ['/var', '/var/cache/big', '/srv/data']);
    const [rest, ofVar, big, data] = await Promise.all(
      ['/', '/var', '/var/cache/big', '/srv/data'].map((mount) => told(trees.get(mount))),
    );
    expect([...(rest?.keys() ?? [])].sort()).toEqual(['', 'srv', 'srv/data', 'var']);
    expect([...(ofVar?.keys() ?? [])]).toEqual(expect.arrayContaining(['cache', 'cache/big']));
    expect([...(big?.keys() ?? [])]).toEqual(['']);
    expect(data?.get('')?.entry).toMatchObject({ kind: 'folder', mode: 0o755, uid: 0, mtime: sourceDate });
  });

  test('are the same in every run', async () => {
    const bytes = async () => readFile((await (await divided(tree, ['/var'])).get('/var')?.archive()) ?? '');
    expect(await bytes()).toEqual(await bytes());
  });

  test.each([
    [
      'a symbolic link',
      [one('./var/run', 'symlink', { link: '/run' })],
      '/var/run',
      '/var/run is a symbolic link to /run',
    ],
    ['below a symbolic link', [one('./opt', 'symlink', { link: 'srv' })], '/opt/x', '/opt is a symbolic link to srv'],
    ['a file', [one('./data', 'file')], '/data', '/data is no folder'],
    [
      'what has a file with another name elsewhere',
      [one('./a', 'file'), one('./var/b', 'hardlink', { link: './a' })],
      '/var',
      '/var/b and /a are one file, which cannot be in two partitions',
    ],
  ])('cannot be %s', async (_what, more, mount, message) => {
    await expect(divided([...tree, ...more], [mount])).rejects.toMatchObject({ mount, message });
  });
});
