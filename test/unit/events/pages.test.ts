/** Reading a long journal: by pages that are bounded in bytes, and from its end. */
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { endOfJournal, readJournal } from '../../../src/events/journal-reader.ts';
import { JournalEntry } from '../../../src/model/journal.ts';

let folder: string;
let path: string;
const line = (stage: string, text: string) =>
  `${JSON.stringify({ type: 'log', at: '2026-01-01T00:00:00Z', stage, attempt: 1, stream: 'stdout', text })}\n`;
const long = line('compile', 'x'.repeat(64 << 10));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-journal-'));
  path = join(folder, 'journal.ndjson');
  await writeFile(path, long.repeat(100) + line('boot', 'up'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a page ends when it has enough bytes, and the next continues from there', async () => {
  const first = await readJournal(path, { after: 0, limit: 10_000, maxBytes: 1 << 20 });
  expect(first.entries.length).toBe(Math.ceil((1 << 20) / long.length));
  const second = await readJournal(path, { after: first.next, limit: 10_000, maxBytes: 1 });
  expect(second.entries.length).toBe(1);
  expect(second.next).toBe(first.next + long.length);
});

it('the end is found from the end, and a line that is not whole yet does not count', async () => {
  const decoded = vi.spyOn(JournalEntry, 'safeParse');
  const whole = 100 * long.length + line('boot', 'up').length;
  expect(await endOfJournal(path)).toBe(whole);
  await appendFile(path, `{"type":"log","at":"${'x'.repeat(600 << 10)}`);
  expect(await endOfJournal(path)).toBe(whole);
  expect(await endOfJournal(join(folder, 'none'))).toBe(0);
  // The last entry alone was looked into, once for each of the two.
  expect(decoded).toHaveBeenCalledTimes(2);
  decoded.mockRestore();
  await appendFile(path, '\n\0\0\n');
  expect(await endOfJournal(path)).toBe(whole);
});
