import { appendFile, chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlacedEntry } from '../../../src/events/journal-part.ts';
import { Journals } from '../../../src/events/journals.ts';
import { FencedError } from '../../../src/fenced.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';

const at = '2026-01-02T03:04:05.000Z';
const id = 'b1';
let dataDir: string;
let path: string;
let journals: Journals;
const forever = new AbortController().signal;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ldf-journal-'));
  path = join(dataDir, 'builds', id, 'journal.ndjson');
  journals = new Journals(dataDir);
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

function line(text: string, stamp = at): Extract<JournalEntry, { type: 'log' }> {
  return { type: 'log', at: stamp, stage: 'compile', attempt: 1, stream: 'stdout', text };
}
const running: JournalEntry = { type: 'build', at, state: 'running', error: null };
const end: JournalEntry = { type: 'end', at, state: 'succeeded' };

async function write(...entries: JournalEntry[]): Promise<void> {
  await journals.with(id, (journal) => journal.append(...entries));
}

describe('reading a journal', () => {
  it('gives entries with the position just after each', async () => {
    await write(running, line('äöü'), line('two'));
    const { entries, next } = await journals.read(id, { after: 0, limit: 10 });
    expect(entries.map(({ entry }) => entry)).toEqual([running, line('äöü'), line('two')]);
    expect(next).toBe((await stat(path)).size);
    const [first, second] = entries;
    expect((await journals.read(id, { after: first?.id ?? -1, limit: 1 })).entries).toEqual([second]);
    expect(await journals.read(id, { after: next, limit: 10 })).toEqual({ entries: [], next });
  });

  it('filters by stage and attempt and continues after what it left out', async () => {
    const other: JournalEntry = { ...line('x'), stage: 'assemble', attempt: 2 };
    await write(running, line('one'), other, line('two'));
    const { entries } = await journals.read(id, { after: 0, limit: 10, stage: 'assemble', attempt: 2 });
    expect(entries.map(({ entry }) => entry)).toEqual([other]);
    const none = await journals.read(id, { after: 0, limit: 10, stage: 'boot' });
    expect(none).toEqual({ entries: [], next: (await stat(path)).size });
  });

  it('reads across chunks: long lines and many of them', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => line(String(index).repeat(20_000)));
    await write(...lines);
    const { entries } = await journals.read(id, { after: 0, limit: 100 });
    expect(entries.map(({ entry }) => entry)).toEqual(lines);
  });

  it('refuses a position within an entry or behind the end, and knows an absent journal as empty', async () => {
    expect(await journals.read(id, { after: 0, limit: 1 })).toEqual({ entries: [], next: 0 });
    await expect(journals.read(id, { after: 7, limit: 1 })).rejects.toMatchObject({ code: 'request.invalid' });
    await write(running);
    for (const after of [1, 10_000, -1, 1.5])
      await expect(journals.read(id, { after, limit: 1 })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('leaves out a last line that is not there in whole', async () => {
    await write(running);
    await appendFile(path, '{"type":"lo');
    expect((await journals.read(id, { after: 0, limit: 10 })).entries).toHaveLength(1);
  });
});

describe('writing a journal', () => {
  it('is for its owner alone, also one that was open to others', async () => {
    await write(running);
    expect([(await stat(path)).mode & 0o777, (await stat(dirname(path))).mode & 0o777]).toEqual([0o600, 0o700]);
    await chmod(path, 0o644);
    await write(line('next'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('removes a torn last line and continues after it', async () => {
    await write(running);
    const { size } = await stat(path);
    await appendFile(path, '{"type":"log","at":"2026');
    await journals.with(id, async (journal) => {
      expect(journal.cutBytes).toBe(0);
      await journal.append(line('next'));
    });
    const { entries } = await journals.read(id, { after: size, limit: 10 });
    expect(entries.map(({ entry }) => entry)).toEqual([line('next')]);
  });

  it('knows what it told before: states, log positions and log bytes of each attempt', async () => {
    const stage: JournalEntry = {
      type: 'stage',
      at,
      stage: 'compile',
      attempt: 1,
      state: 'running',
      reason: null,
      error: null,
    };
    const odd: JournalEntry = { ...line('b', 'T2'), position: { timestamp: 'T1', count: 2 } };
    const note: JournalEntry = { ...line('from us', 'T9'), stream: 'ldf' };
    await write(running, stage, line('aä', 'T1'), odd, note);
    await journals.with(id, async ({ history }) => {
      expect(history.build).toBe('running');
      expect(history.ended).toBe(false);
      expect(history.attempt('compile', 1)).toEqual({
        state: 'running',
        position: { timestamp: 'T1', count: 2 },
        logBytes: 4 + 2 * 64,
        heard: true,
      });
      expect(history.attempt('compile', 2)).toMatchObject({ state: undefined, logBytes: 0, heard: false });
    });
  });

  it('gathers entries into few writes, holds the appender back when it is slower, and keeps the order', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => line(`line ${index} ${'x'.repeat(80)}`));
    await journals.with(id, async (journal) => {
      for (const entry of lines) await journal.append(entry);
    });
    const { entries } = await journals.read(id, { after: 0, limit: 30_000 });
    expect(entries.map(({ entry }) => entry)).toEqual(lines);
  });

  it('belongs to the last who took it over: what another writes then is nowhere, and it is told so', async () => {
    await journals
      .with(id, async (journal) => {
        await journal.append(running);
        await journal.flush();
        await new Journals(dataDir).with(id, async (other) => other.append(line('theirs')));
        await journal.append(line('ours'));
        await expect(journal.flush()).rejects.toThrow('Somebody else writes');
        await expect(journal.append(line('more'))).rejects.toThrow('Somebody else writes');
      })
      .catch((error: unknown) => expect(error).toBeInstanceOf(FencedError));
    const { entries } = await journals.read(id, { after: 0, limit: 10 });
    expect(entries.map(({ entry }) => entry)).toEqual([running, line('theirs')]);
  });

  it('leaves nothing beside it of one who was killed while taking it over', async () => {
    await write(running);
    await writeFile(`${path}.copy`, '{"type":"lo');
    await write(line('next'));
    expect(await readdir(dirname(path))).toEqual([basename(path)]);
  });
});

/** What a power cut, or a kernel that crashed, leaves in a file. */
const damages: readonly [string, Buffer][] = [
  ['zeros', Buffer.concat([Buffer.alloc(200), Buffer.from('\n')])],
  ['zeros without an end', Buffer.alloc(200)],
  ['what is no JSON', Buffer.from('{"type":"log","at":\n')],
  ['JSON that is no entry', Buffer.from('{"type":"nonsense"}\n')],
  ['an empty line', Buffer.from('\n')],
  ['what is no UTF-8', Buffer.from(`${JSON.stringify(line('\xe9'))}\n`, 'latin1')],
  ['an entry with zeros in it', Buffer.from(`${JSON.stringify(line('x')).replace('"x"', '"\0"')}\n`)],
];

describe.each(damages)('a journal with %s in it', (_what, damage) => {
  it.each(['at its end', 'in its middle'])('%s is read up to there, and resumed from there', async (where) => {
    await write(running, line('one'));
    const { size } = await stat(path);
    await appendFile(path, damage);
    // Without an end of its own, the damage swallows the next line, which is all there is then.
    if (where === 'in its middle') await appendFile(path, `${JSON.stringify(line('two'))}\n${JSON.stringify(end)}\n`);
    const whole = (await stat(path)).size;
    const read = await journals.read(id, { after: 0, limit: 10 });
    expect(read).toEqual({
      entries: [expect.objectContaining({ entry: running }), { id: size, entry: line('one') }],
      next: size,
    });
    expect(await journals.read(id, { after: size, limit: 10 })).toEqual({ entries: [], next: size });
    const followed: JournalEntry[] = [];
    for await (const batch of journals.follow(id, 0, async () => true, forever))
      followed.push(...batch.map(({ entry }) => entry));
    expect(followed).toEqual([running, line('one')]);
    await journals.with(id, async (journal) => {
      expect(journal.cutBytes).toBe(whole - size);
      expect(journal.history.ended).toBe(false);
      await journal.append(line('three'));
    });
    const { entries } = await journals.read(id, { after: size, limit: 10 });
    expect(entries.map(({ entry }) => entry)).toEqual([line('three')]);
    await journals.with(id, async ({ cutBytes }) => expect(cutBytes).toBe(0));
  });
});

describe('following a journal', () => {
  async function collect(follow: AsyncIterable<readonly PlacedEntry[]>): Promise<JournalEntry[]> {
    const all: JournalEntry[] = [];
    for await (const batch of follow) all.push(...batch.map(({ entry }) => entry));
    return all;
  }

  it('gives what is there, then what comes, and ends after the end of an ended build', async () => {
    let over = false;
    const followed = collect(journals.follow(id, 0, async () => over, forever));
    await journals.with(id, async (journal) => {
      await journal.append(running);
      await journal.append(line('one'));
      await journal.append(end);
      await journal.flush();
      over = true;
    });
    expect(await followed).toEqual([running, line('one'), end]);
  });

  it('continues over the end of an earlier attempt', async () => {
    await write(running, end);
    let over = false;
    const seen: JournalEntry[] = [];
    const followed = (async () => {
      for await (const batch of journals.follow(id, 0, async () => over, forever))
        seen.push(...batch.map((b) => b.entry));
    })();
    await write(line('second attempt'), end);
    over = true;
    await followed;
    expect(seen).toEqual([running, end, line('second attempt'), end]);
  });

  it('sees what another process writes', async () => {
    const elsewhere = new Journals(dataDir);
    let over = false;
    const followed = collect(journals.follow(id, 0, async () => over, forever));
    await elsewhere.with(id, async (journal) => journal.append(running, end));
    over = true;
    expect(await followed).toEqual([running, end]);
  });

  it('ends at once for one who has read everything, and when told to', async () => {
    await write(running, end);
    const { size } = await stat(path);
    expect(await collect(journals.follow(id, size, async () => true, forever))).toEqual([]);
    const stop = new AbortController();
    const followed = collect(journals.follow(id, size, async () => false, stop.signal));
    stop.abort();
    expect(await followed).toEqual([]);
  });

  it('ends when the build was removed', async () => {
    await mkdir(dirname(path), { recursive: true });
    await journals.remove(id);
    expect(await collect(journals.follow(id, 0, async () => true, forever))).toEqual([]);
  });
});

describe('many followers', () => {
  it('get every entry once each, and share what was read', async () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => line(`line ${index}`));
    let over = false;
    const follow = async () => {
      const batches: (readonly PlacedEntry[])[] = [];
      for await (const batch of journals.follow(id, 0, async () => over, new AbortController().signal))
        batches.push(batch);
      return batches;
    };
    const followers = Array.from({ length: 20 }, follow);
    await journals.with(id, async (journal) => {
      for (const entry of lines) await journal.append(entry);
      await journal.append(end);
      await journal.flush();
      over = true;
    });
    const all = await Promise.all(followers);
    for (const batches of all) expect(batches.flat().map(({ entry }) => entry)).toEqual([...lines, end]);
    const [first, ...others] = all;
    const shared = others.filter((batches) => batches.some((batch) => first?.includes(batch)));
    expect(shared.length).toBeGreaterThan(10);
  });
});
