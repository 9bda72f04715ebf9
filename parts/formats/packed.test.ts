import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlacedTree } from '../file-tree/placed-tree.ts';
import type { Format, FormatSource } from './format.ts';
import { asWritten } from './packed.ts';
import { raw } from './raw/raw.ts';

const disk = raw.make({})('none');
let folder: string;
let source: FormatSource;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-packed-'));
  const work = join(folder, 'work');
  await mkdir(work);
  source = {
    ...{ disk: join(folder, 'disk'), root: new PlacedTree([], '/none', 0), work, key: 'ab'.repeat(32) },
    ...{ name: 'a', version: '1', arch: 'x86_64', sourceDate: 0 },
    labelledRoot: () => Promise.reject(new Error('nothing is labelled')),
    live: () => Promise.reject(new Error('it is no live system')),
  };
  await writeFile(source.disk, 'a disk\n'.repeat(100_000));
});

afterEach(() => rm(folder, { recursive: true }));

describe.each([
  ['zstd', 'raw.zst', 'application/zstd', 'zstd'],
  ['gzip', 'raw.gz', 'application/gzip', 'gzip'],
  ['xz', 'raw.xz', 'application/x-xz', 'xz'],
] as const)('compressed with %s', (compress, extension, mediaType, tool) => {
  test('it is another file, without holes, that has to be unpacked before a machine starts from it', () => {
    const facts = { extension, mediaType, sparse: false, bootable: true };
    expect(asWritten(disk, compress)).toMatchObject({ ...facts, qemu: { driver: 'raw', packed: compress } });
  });

  test('it holds the disk, and the same bytes in every run', async () => {
    const [one, two] = ['one', 'two'].map((name) => join(folder, name));
    if (!one || !two) throw new Error('there are two');
    await asWritten(disk, compress).convert?.(source, one);
    await writeFile(source.disk, await readFile(source.disk));
    await asWritten(disk, compress).convert?.(source, two);
    expect((await readFile(one)).equals(await readFile(two))).toBe(true);
    expect(execFileSync(tool, ['-dc'], { input: await readFile(one) }).equals(await readFile(source.disk))).toBe(true);
  });

  test('a format that makes a file of its own is made first, and leaves nothing behind', async () => {
    const text: Format = {
      ...{ ...disk, extension: 'txt', convert: (_source, target) => writeFile(target, 'hello') },
      qemu: null,
    };
    const packed = asWritten(text, compress);
    expect(packed).toMatchObject({ extension: `txt.${extension.split('.')[1]}`, qemu: null });
    await packed.convert?.(source, join(folder, 'text'));
    const plain = execFileSync(tool, ['-dc'], { input: await readFile(join(folder, 'text')) });
    expect(plain.toString()).toBe('hello');
    await expect(readFile(join(source.work, 'plain.txt'))).rejects.toThrow(/ENOENT/);
  });
});

test('not compressed, it is the format itself', () => {
  expect(asWritten(disk)).toMatchObject({ extension: 'raw', convert: null, qemu: { driver: 'raw', packed: null } });
});
