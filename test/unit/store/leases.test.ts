/** Leases among processes: real ones, on one database file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readBootId } from '../../../src/engine/core/clock.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { bundlePrograms } from '../../fixtures/engine/processes.ts';

const names = Array.from({ length: 300 }, (_, index) => `name-${index}`);
/** On a busy machine these are fewer. */
const longestMs = 30_000;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-leases-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('no lease is granted to two of four processes that ask for it at the same time', { timeout: 180_000 }, async () => {
  const [program = ''] = await bundlePrograms('test/fixtures/engine/lease-rival.ts');
  const url = `file:${join(folder, 'ldf.db')}`;
  await (await openStore(url)).close();
  const rivals = Array.from({ length: 4 }, () => execa('node', [program, url]));
  const answers = rivals.map(({ stdout }) => createInterface({ input: stdout })[Symbol.asyncIterator]());
  const next = () => Promise.all(answers.map(async (lines) => (await lines.next()).value));
  expect(await next()).toEqual(rivals.map(() => 'ready'));
  const untilMs = performance.now() + longestMs;
  const grants: number[] = [];
  for (const name of names) {
    if (performance.now() > untilMs) break;
    for (const { stdin } of rivals) stdin.write(`${name}\n`);
    grants.push((await next()).filter((answer) => answer === 'granted').length);
  }
  for (const { stdin } of rivals) stdin.end();
  await Promise.all(rivals);
  expect(grants.filter((count) => count !== 1)).toEqual([]);
  expect(grants.length).toBeGreaterThan(5);
});

it('tells the start of the machine, or that it cannot be told', () => {
  expect(readBootId()).toMatch(/^[0-9a-f-]{36}$/);
  expect(readBootId(join(folder, 'none'))).toBeNull();
  expect(readBootId(folder)).toBeNull();
  expect(readBootId('/dev/null')).toBeNull();
});
