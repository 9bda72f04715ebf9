import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PlacedTree } from '../file-tree/placed-tree.ts';
import { MiB } from '../units.ts';
import { finishedImage } from './finished-image.ts';

const traits = { readByUefi: false, writable: false, grows: false, keepsOwners: true } as const;
let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'ldf-finished-'));
});
afterAll(() => rm(work, { recursive: true }));

test('it is made once, is as large as what was made, and goes to its place', async () => {
  const facts = { label: 'root', key: 'ab'.repeat(32), sourceDate: 0, work };
  let times = 0;
  const fileSystem = finishedImage(traits, async (target) => {
    times += 1;
    await writeFile(target, 'content'.padEnd(5000, '.'));
  });
  const tree = new PlacedTree([], join(work, 'none'), 0);
  const asked = [0, 24 * MiB].map((free) => fileSystem.size(tree, () => free, facts));
  expect(await Promise.all(asked)).toEqual([5000, 5000]);
  const disk = join(work, 'disk');
  await writeFile(disk, '');
  await truncate(disk, 3 * MiB);
  await fileSystem.fill({ disk, startBytes: MiB, sizeBytes: MiB }, tree, facts);
  const written = await readFile(disk);
  expect(written).toHaveLength(3 * MiB);
  expect(written.toString('latin1', MiB, MiB + 7)).toBe('content');
  expect(times).toBe(1);
  expect(fileSystem.writable).toBe(false);
});

test('what is larger than its place is not written over its neighbour', async () => {
  const facts = { label: 'root', key: 'ab'.repeat(32), sourceDate: 0, work };
  const fileSystem = finishedImage(traits, (target) => writeFile(target, 'x'.repeat(5000)));
  const region = { disk: join(work, 'small'), startBytes: 0, sizeBytes: 4096 };
  await expect(fileSystem.fill(region, new PlacedTree([], work, 0), facts)).rejects.toThrow(/5000 bytes.*4096/);
});
