/** A disk image is hashed without reading its holes. */
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256File } from '../../../../stage-images/contract/hash.ts';
import { parseImageMap } from '../../../../stage-images/image-packager/extents.ts';

const MiB = 1 << 20;
const extent = (startBytes: number, sizeBytes: number) => ({ startBytes, sizeBytes });

let folder: string;
let disk: string;
let content: Buffer;

/** Data in the first block, across a whole MiB, and none at the end. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-extents-'));
  disk = join(folder, 'disk.raw');
  content = Buffer.alloc(5 * MiB + 512);
  content.fill('a', 0, 4096);
  content.fill('b', MiB + 1, 3 * MiB - 1);
  const file = await open(disk, 'w');
  await file.write(content, 0, 4096, 0);
  await file.write(content, MiB, 2 * MiB, MiB);
  await file.truncate(content.length);
  await file.close();
});
afterAll(() => rm(folder, { recursive: true }));

test('what qemu-img says to be zeros without data is no extent; what it cannot tell is one', () => {
  const entry = (start: number, length: number, zero: boolean, data: boolean) => ({ start, length, zero, data });
  const map = [
    { ...entry(0, 4096, false, true), depth: 0, present: true, offset: 0 },
    entry(4096, MiB, true, false),
    entry(MiB + 4096, 512, true, true),
    entry(MiB + 4608, 512, false, false),
  ];
  expect(parseImageMap(JSON.stringify(map))).toEqual([
    extent(0, 4096),
    extent(MiB + 4096, 512),
    extent(MiB + 4608, 512),
  ]);
});

test('the hash is that of the whole content, holes being zeros, wherever the extents lie', async () => {
  const whole = createHash('sha256').update(content).digest('hex');
  expect(await sha256File(disk)).toBe(whole);
  expect(await sha256File(disk, [extent(0, 4096), extent(MiB, 2 * MiB)])).toBe(whole);
  expect(await sha256File(disk, [extent(0, content.length)])).toBe(whole);
});

test('nothing is hashed but the extents: data that a map leaves out counts as zeros', async () => {
  const zeros = createHash('sha256').update(Buffer.alloc(content.length)).digest('hex');
  expect(await sha256File(disk, [])).toBe(zeros);
});

test('extents out of order, or behind the end of the file, are refused', async () => {
  await expect(sha256File(disk, [extent(MiB, MiB), extent(0, 4096)])).rejects.toThrow('not in order');
  await expect(sha256File(disk, [extent(5 * MiB, MiB)])).rejects.toThrow('ended at byte');
});
