/** The journal of a build as server-sent events. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeEvents, eventStream } from '../../../src/api/sse.ts';
import type { PlacedEntry } from '../../../src/events/journal-part.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';
import { ended, shown } from '../engine/harness.ts';

let world: ApiWorld;
/** The build that is followed. */
let id: string;

interface Received {
  id: number;
  event: string | undefined;
  data: JournalEntry;
}

async function* received(answer: Response): AsyncGenerator<Received> {
  if (!answer.body) throw new Error('there is no body');
  const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { id, event, data } of events) yield { id: Number(id), event, data: JSON.parse(data) };
}

async function all(answer: Response): Promise<Received[]> {
  const events: Received[] = [];
  for await (const event of received(answer)) events.push(event);
  return events;
}

const follow = (query = '', headers: Record<string, string> = {}) =>
  world.app.request(`/v1/builds/${id}/events${query}`, { headers });

/** The journal of the build as it is now. */
async function journal(): Promise<PlacedEntry[]> {
  const { entries } = await world.engine.read(id, { after: 0, limit: 1000 });
  return entries;
}

describe('the events of an ended build', () => {
  afterEach(() => world.close());

  let history: PlacedEntry[];

  beforeEach(async () => {
    world = await ApiWorld.open();
    world.runtime.script('resolve', async (stage) => {
      stage.log('CC main.o\r\u2028');
      stage.progress(0.5, 'half');
      return stage.fail({ code: 'package.unknown' });
    });
    ({ id } = await world.built());
    history = await journal();
  });

  it('are those of its journal: of the build, its stages, their progress and their words', () => {
    const types = history.map(({ entry }) => entry.type);
    expect(new Set(types)).toEqual(new Set(['build', 'stage', 'log', 'progress', 'end']));
    const logs = history.flatMap(({ entry }) => (entry.type === 'log' ? entry.text : []));
    expect(logs).toContain('CC main.o\r\u2028');
  });

  it('are its whole journal, each under its type and position, and then the stream closes', async () => {
    const answer = await follow();
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const events = await all(answer);
    expect(events).toEqual(history.map(({ id, entry }) => ({ id, event: entry.type, data: entry })));
  });

  it('continue after every id without loss or repeat', async () => {
    const entries = history.map(({ entry }) => entry);
    for (const [index, position] of [0, ...history.map(({ id }) => id)].slice(0, -1).entries()) {
      const after = String(position);
      const expected = entries.slice(index);
      expect((await all(await follow('', { 'Last-Event-ID': after }))).map(({ data }) => data)).toEqual(expected);
      expect((await all(await follow(`?after=${after}`))).map(({ data }) => data)).toEqual(expected);
    }
    const [first, beforeLast, last] = [history[0]?.id, history.at(-2)?.id, history.at(-1)?.id];
    const events = await all(await follow(`?after=${first}`, { 'Last-Event-ID': String(beforeLast) }));
    expect(events.map(({ id }) => id)).toEqual([last]);
  });

  it('end again for who has seen the end', async () => {
    const last = history.at(-1);
    const events = await all(await follow('', { 'Last-Event-ID': String(last?.id) }));
    const { endedAt } = await shown(world.engine, { id });
    expect(events).toEqual([{ id: last?.id, event: 'end', data: { type: 'end', at: endedAt, state: 'failed' } }]);
    expect((await all(await follow('?after=end'))).map(({ event }) => event)).toEqual(['end']);
  });

  it('are not even begun for HEAD', async () => {
    const answer = await world.app.request(`/v1/builds/${id}/events`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(world.toEngine.givenTo('follow')).toEqual([]);
  });

  it('cannot be resumed from a position that is none', async () => {
    await problem(await follow(`?after=${(history[0]?.id ?? 0) + 1}`), 400, 'request.invalid');
    await problem(await follow('', { 'Last-Event-ID': 'abc' }), 400, 'request.invalid');
  });
});

describe('the events of a running build', () => {
  afterEach(() => world.close());

  const at = '2026-01-02T03:04:05.000000001Z';
  const first: JournalEntry = { type: 'build', at, state: 'running', error: null };
  const more: JournalEntry[] = [
    { type: 'stage', at, stage: 'compile', attempt: 1, state: 'running', reason: null, error: null },
    { type: 'log', at, stage: 'compile', attempt: 1, stream: 'stdout', text: 'CC main.o\r\u2028' },
    { type: 'progress', at, stage: 'compile', attempt: 1, progress: 0.5, note: 'half' },
  ];

  /** A build whose journal the test writes. */
  async function open() {
    world = await ApiWorld.open({ idle: true });
    ({ id } = await world.queued());
  }

  it('come as they happen, up to the end', async () => {
    await open();
    const events = received(await follow('?after=end'));
    for (const entry of [first, ...more]) {
      await world.journal(id, entry);
      expect((await events.next()).value?.data).toEqual(entry);
    }
    await world.engine.cancel(id);
    const rest: JournalEntry[] = [];
    for await (const { data } of events) rest.push(data);
    expect(rest.slice(-2)).toMatchObject([
      { type: 'build', state: 'cancelled' },
      { type: 'end', state: 'cancelled' },
    ]);
  });

  it('pass over the end of the run before a retry', async () => {
    world = await ApiWorld.open();
    world.runtime.script('resolve', async (stage) => stage.fail({ code: 'package.unknown' }));
    const build = await world.built();
    ({ id } = build);
    await world.engine.retry(id);
    await ended(world.engine, build);
    const written = (await journal()).map(({ entry }) => entry.type);
    expect(written.filter((type) => type === 'end')).toHaveLength(2);
    const types = (await all(await follow())).map(({ event }) => event);
    expect(types.filter((type) => type === 'end')).toHaveLength(1);
    expect(types.at(-1)).toBe('end');
    expect(types).toHaveLength(written.length - 1);
  });

  it('stop being followed when the client goes', async () => {
    await open();
    await world.journal(id, first);
    const answer = await follow();
    const reader = answer.body?.getReader();
    await reader?.read();
    await reader?.read();
    const [, , signal] = world.toEngine.givenTo('follow')[0] ?? [];
    expect(signal).toMatchObject({ aborted: false });
    await reader?.cancel();
    expect(signal).toMatchObject({ aborted: true });
  });

  it('close when the server stops, without an end', async () => {
    await open();
    const events = received(await follow('?after=end'));
    await world.journal(id, first);
    expect((await events.next()).value?.data).toEqual(first);
    world.stopping.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });
});

describe('an event stream', () => {
  const batch = (text: string) => encodeEvents([{ event: 'log', data: JSON.stringify(text) }]);
  const rethrow = (error: unknown) => {
    throw error;
  };
  const decode = (value: Uint8Array | undefined) => new TextDecoder().decode(value);

  it('asks for nothing more than is read', async () => {
    let asked = 0;
    async function* endless() {
      for (;;) yield batch(`line ${asked++}`);
    }
    const stop = new AbortController();
    const reader = eventStream(endless(), { stop, onError: rethrow }).getReader();
    await reader.read();
    await reader.read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBeLessThanOrEqual(3);
    await reader.cancel();
    expect(stop.signal.aborted).toBe(true);
  });

  it('takes it for no failure when the reader goes while something is awaited', async () => {
    const stop = new AbortController();
    const failures: unknown[] = [];
    async function* late(): AsyncGenerator<Uint8Array> {
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
      yield batch('too late');
    }
    const reader = eventStream(late(), { stop, onError: (error) => failures.push(error) }).getReader();
    await reader.read();
    const next = reader.read();
    await reader.cancel();
    expect(await next).toMatchObject({ done: true });
    expect(failures).toEqual([]);
  });

  it('keeps an idle connection alive with comments', async () => {
    vi.useFakeTimers();
    try {
      const stop = new AbortController();
      async function* silent(): AsyncGenerator<Uint8Array> {
        await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
      }
      const reader = eventStream(silent(), { stop, onError: rethrow, heartbeatMs: 15_000 }).getReader();
      expect(decode((await reader.read()).value)).toBe('retry: 1000\n\n');
      for (let beat = 0; beat < 3; beat++) {
        const next = reader.read();
        await vi.advanceTimersByTimeAsync(15_000);
        expect(decode((await next).value)).toBe(':\n\n');
      }
      await reader.cancel();
    } finally {
      vi.useRealTimers();
    }
  });

  it('writes a batch at once, and breaks off when its source fails', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield encodeEvents([
        { event: 'log', data: '"a"' },
        { event: 'log', id: 7, data: JSON.stringify({ text: 'b\nc' }) },
      ]);
      throw new Error('disk I/O error');
    }
    const onError = vi.fn();
    const reader = eventStream(failing(), { stop: new AbortController(), onError }).getReader();
    await reader.read();
    expect(decode((await reader.read()).value)).toBe(
      'event: log\ndata: "a"\n\nevent: log\nid: 7\ndata: {"text":"b\\nc"}\n\n',
    );
    await expect(reader.read()).rejects.toThrow('disk I/O error');
    expect(onError).toHaveBeenCalledOnce();
  });
});
