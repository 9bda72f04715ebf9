/** A tree with labels is what it was, and each of its files has one more attribute. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hardEntries, tarOf } from '../../test/fixtures/file-systems/hard-tree.ts';
import { type Entry, plainPath } from '../file-tree/file-tree.ts';
import { TarArchive } from '../file-tree/tar-archive.ts';
import { TarTree } from '../file-tree/tar-tree.ts';
import { labelledTree } from './labelled-tree.ts';
import type { Labeller } from './labels.ts';

let folder = '';
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-labelled-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Says what it is asked. */
const labeller: Labeller = {
  attribute: 'security.test',
  labelsOf: async (files) =>
    files.map(({ path, kind }) => (kind === 'hardlink' ? undefined : Buffer.from(`${kind} ${path}`))),
};

async function labelled(entries: Parameters<typeof tarOf>[0], place = {}) {
  count += 1;
  const tar = join(folder, `${count}.tar`);
  await writeFile(tar, tarOf(entries));
  const tree = new TarTree([new TarArchive(tar)], join(folder, `tree-${count}`));
  const work = join(folder, `work-${count}`);
  return labelledTree(tree, labeller, { folder: '/', sourceDate: 9, work, ...place });
}

const labelOf = ({ xattrs }: Pick<Entry, 'xattrs'>) => xattrs.get('security.test')?.toString();

describe('a labelled tree', () => {
  test('has all that it had, and labels by path and kind', async () => {
    const before = hardEntries();
    const tree = await labelled(before);
    const after = await tree.entries();
    expect(after).toHaveLength(before.length);
    const data = await readFile(await tree.archive());
    const { extents } = await new TarArchive(await tree.archive()).content();
    for (const [index, { content, ...entry }] of before.entries()) {
      const found = after[index];
      if (!found) throw new Error(`${entry.path} is gone`);
      const { xattrs, ...rest } = found;
      expect({ ...rest, path: plainPath(rest.path) }).toEqual({
        ...rest,
        ...{ kind: entry.kind, uid: entry.uid, gid: entry.gid, mode: entry.mode, mtime: entry.mtime },
        ...{ path: plainPath(entry.path), sizeBytes: content.length, device: entry.device },
      });
      for (const [name, value] of entry.xattrs) expect(xattrs.get(name), `${entry.path} ${name}`).toEqual(value);
      const label = `${entry.kind} ${join('/', plainPath(entry.path))}`;
      expect(labelOf(found)).toBe(entry.kind === 'hardlink' ? undefined : label);
      const end = extents[index]?.endBytes ?? 0;
      const start = end - Math.ceil(content.length / 512) * 512;
      expect(data.subarray(start, start + content.length).equals(content), entry.path).toBe(true);
    }
  });

  test('is labelled by where it is mounted, with what its file system adds', async () => {
    const added = [{ path: 'lost+found', mode: 0o700 }];
    const tree = await labelled([], { folder: '/home', added });
    expect(
      (await tree.entries()).map((entry) => [plainPath(entry.path), entry.mode, entry.mtime, labelOf(entry)]),
    ).toEqual([
      ['', 0o755, 9, 'folder /home'],
      ['lost+found', 0o700, 9, 'folder /home/lost+found'],
    ]);
  });

  test('is the same in every run', async () => {
    const [first, second] = [await labelled(hardEntries()), await labelled(hardEntries())];
    expect((await readFile(await first.archive())).equals(await readFile(await second.archive()))).toBe(true);
  });
});
