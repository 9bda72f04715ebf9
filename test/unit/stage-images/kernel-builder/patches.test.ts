import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyPatches, patchedSource } from '../../../../stage-images/kernel-builder/apply-patches.ts';
import { readPatches } from '../../../../stage-images/kernel-builder/read-patches.ts';

let base: string;
let folder: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ldf-patches-'));
  folder = join(base, 'linux');
  await mkdir(join(folder, 'mm'), { recursive: true });
  await writeFile(join(folder, 'mm/slab.c'), 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n');
  await writeFile(join(base, 'outside'), 'untouched\n');
});
afterEach(() => rm(base, { recursive: true }));

const change = (file: string, from: string, to: string) =>
  `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1,3 +1,3 @@\n one\n-${from}\n+${to}\n three\n`;
const log: string[] = [];
const apply = (...patches: { name: string; content: string }[]) =>
  applyPatches(patches, { folder, version: '6.12.57', work: base, log: (line) => log.push(line) });
const read = () => readFile(join(folder, 'mm/slab.c'), 'utf8');

describe('patches', () => {
  test('are applied in their order, and leave nothing else behind', async () => {
    const made = 'diff --git a/new.c b/new.c\nnew file mode 100644\n--- /dev/null\n+++ b/new.c\n@@ -0,0 +1 @@\n+made\n';
    await apply(
      { name: '1.patch', content: change('mm/slab.c', 'two', 'TWO') },
      { name: '2.patch', content: `From: somebody\nSubject: words before\n\n${change('mm/slab.c', 'TWO', '2')}` },
      { name: '3.patch', content: made },
    );
    expect(await read()).toMatch(/^one\n2\nthree\n/);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['mm', 'mm/slab.c', 'new.c']);
    expect(await readdir(base)).toEqual(['linux', 'outside']);
    expect(log).toContain('1.patch: patching file mm/slab.c');
  });

  test.each([
    ['another text', change('mm/slab.c', '2', 'TWO'), 'mm/slab.c, hunk 1, at line 1'],
    ['no such file', change('mm/other.c', 'two', 'TWO'), 'mm/other.c is not there'],
    ['it is changed already', change('mm/slab.c', '2', 'two'), 'mm/slab.c has this change already'],
    ['no patch', 'hello\n', 'Only garbage was found in the patch input'],
    [
      'the end is missing',
      change('mm/slab.c', 'two', 'TWO').split('\n').slice(0, -2).join('\n'),
      'malformed patch at line 6',
    ],
  ])('fail the build where there is %s', async (_, content, place) => {
    await expect(apply({ name: 'bad.patch', content })).rejects.toMatchObject({
      error: {
        code: 'kernel.patch-failed',
        message: expect.stringContaining('bad.patch does not apply to Linux 6.12.57: '),
        details: [{ pointer: '/kernel/patches/0', value: 'bad.patch', message: expect.stringContaining(place) }],
      },
    });
  });

  test('change nothing outside the tree', async () => {
    const content = change('../outside', 'untouched', 'touched').replaceAll('a/../', '../').replaceAll('b/../', '../');
    await expect(apply({ name: 'bad.patch', content })).rejects.toMatchObject({
      error: { code: 'kernel.patch-failed' },
    });
    expect(await readFile(join(base, 'outside'), 'utf8')).toBe('untouched\n');
  });

  test('make another source of it', () => {
    const one = { name: '1.patch', content: 'one' };
    const two = { name: '2.patch', content: 'two' };
    expect(patchedSource('a', [])).toBe('a');
    const all = [[one], [two], [one, two], [two, one]].map((patches) => patchedSource('a', patches));
    expect(new Set([...all, patchedSource('b', [one])]).size).toBe(5);
    // Not by their names.
    expect(patchedSource('a', [{ ...one, name: 'x.patch' }])).toBe(all[0]);
  });
});

describe('a patch that is a file of the source store', () => {
  const store = async (content: string | Buffer) => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    await mkdir(join(base, 'sha256'), { recursive: true });
    await writeFile(join(base, 'sha256', sha256), content);
    return sha256;
  };

  test('is the same as one that stands in the definition', async () => {
    const content = change('mm/slab.c', 'two', 'TWÖ');
    const inline = { name: '1.patch', content };
    const read = await readPatches([inline, { name: '1.patch', sha256: await store(content) }], base);
    expect(read).toEqual([inline, inline]);
    expect(patchedSource('a', read.slice(1))).toBe(patchedSource('a', [inline]));
  });

  test('is refused when it is another, or no text', async () => {
    const sha256 = await store('a patch');
    await writeFile(join(base, 'sha256', sha256), 'another');
    await expect(readPatches([{ name: '1.patch', sha256 }], base)).rejects.toMatchObject({
      error: { code: 'source.hash-mismatch', message: expect.stringContaining('1.patch') },
    });
    const packed = { name: '2.patch', sha256: await store(Buffer.from([0x1f, 0x8b, 0xff, 0xfe])) };
    await expect(readPatches([packed], base)).rejects.toMatchObject({
      error: { code: 'kernel.patch-failed', details: [{ pointer: '/kernel/patches/0', value: '2.patch' }] },
    });
  });
});
