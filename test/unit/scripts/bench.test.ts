/** What the bench makes of its samples. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepResults, results, table } from '../../../scripts/bench/report.ts';
import { alternating, median, describe as told } from '../../../scripts/bench/samples.ts';
import { root } from '../../../scripts/lib/command.mjs';

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
      { what: 'd', goal: 0, unit: '', figure: 0, samples },
    ] as const;
    const lines = table(rows, 'today').split('\n').slice(2, 6);
    expect(lines).toEqual([
      '| a | ≤ 1 s | 1.00 s | yes | LDF 1.00 s (n = 1) | today |',
      '| b | ≤ 1.5 × | 1.51 × | **no** | LDF 1.00 s (n = 1) | today |',
      '| c |  | 123 s |  | LDF 1.00 s (n = 1) | today |',
      '| d | ≤ 0 | 0 | yes | LDF 1.00 s (n = 1) | today |',
    ]);
  });

  it('takes the place of the last one in the document, and leaves the rest alone', async () => {
    const path = join(folder, 'benchmarks.md');
    const document = await readFile(join(root, 'docs/benchmarks.md'), 'utf8');
    await writeFile(path, document);
    const row = (what: string, value: number) => ({ what, goal: 1, unit: 's', figure: value, samples }) as const;
    await keepResults(path, results(['an old machine'], 'first', [row('measured twice', 1), row('measured once', 2)]));
    await keepResults(path, results(['a machine'], 'second', [row('new', 4), row('measured twice', 3)]));
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain('an old machine');
    const tables = text.split('\n').filter((line) => line.startsWith('| '));
    expect(tables.filter((line) => /^\| (measured \||---)/.test(line))).toHaveLength(2);
    expect(
      tables
        .map((line) => line.split(' | '))
        .flatMap(([what, , value, , , when]) =>
          /twice|once|new/.test(what ?? '') ? [`${what} ${value} ${when}`] : [],
        ),
    ).toEqual(['| measured twice 3.00 s second |', '| measured once 2.00 s first |', '| new 4.00 s second |']);
    expect(text.split('<!--')[0]).toBe(document.split('<!--')[0]);
    expect(text.split('-->').at(-1)).toBe(document.split('-->').at(-1));
  });

  it('is not put where there is no place for it', async () => {
    const path = join(folder, 'empty.md');
    await writeFile(path, '# Nothing\n');
    await expect(keepResults(path, 'x')).rejects.toThrow('no place');
  });
});
