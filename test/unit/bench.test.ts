/** What the bench makes of its samples. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepResults, table } from '../../scripts/bench/report.ts';
import { alternating, median, describe as told } from '../../scripts/bench/samples.ts';
import { root } from '../../scripts/lib/command.mjs';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-bench-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('samples', () => {
  it('have the middle one as their median, or the mean of the two in the middle', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([10, 1, 2, 4])).toBe(3);
    expect(() => median([])).toThrow('no median');
  });

  it('are told with their spread and number', () => {
    expect(told({ of: 'LDF', unit: 's', values: [1.204, 0.9, 14.25] })).toBe('LDF 1.20 s (0.90–14.3, n = 3)');
  });

  it('are taken in turn, each side first in every other round', async () => {
    let taken = '';
    const take = (side: string) => async () => {
      taken += side;
      return taken.length;
    };
    expect(await alternating(3, take('a'), take('b'))).toEqual([
      [1, 4, 5],
      [2, 3, 6],
    ]);
    expect(taken).toBe('abbaab');
  });
});

describe('the table', () => {
  const samples = [{ of: 'LDF', unit: 's', values: [1] }] as const;

  it('says whether each goal was met, and nothing of it where there is none', () => {
    const rows = [
      { what: 'a', goal: 1, unit: 's', figure: 1, samples },
      { what: 'b', goal: 1.5, unit: '×', figure: 1.51, samples },
      { what: 'c', goal: null, unit: 's', figure: 123.4, samples },
    ] as const;
    const lines = table(rows).split('\n').slice(2, 5);
    expect(lines).toEqual([
      '| a | ≤ 1 s | 1.00 s | yes | LDF 1.00 s (n = 1) |',
      '| b | ≤ 1.5 × | 1.51 × | **no** | LDF 1.00 s (n = 1) |',
      '| c |  | 123 s |  | LDF 1.00 s (n = 1) |',
    ]);
  });

  it('takes the place of the last one in the document, and leaves the rest alone', async () => {
    const path = join(folder, 'benchmarks.md');
    const document = await readFile(join(root, 'docs/benchmarks.md'), 'utf8');
    await writeFile(path, document);
    await keepResults(path, 'first');
    await keepResults(path, 'second\n');
    const text = await readFile(path, 'utf8');
    expect(text).toContain('second');
    expect(text).not.toContain('first');
    expect(text.split('<!--')[0]).toBe(document.split('<!--')[0]);
    expect(text.split('-->').at(-1)).toBe(document.split('-->').at(-1));
  });

  it('is not put where there is no place for it', async () => {
    const path = join(folder, 'empty.md');
    await writeFile(path, '# Nothing\n');
    await expect(keepResults(path, 'x')).rejects.toThrow('no place');
  });
});
