/** The journal of a build as server-sent events. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeEvents, eventStream } from '../../../src/api/sse.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import { buildShape, logEntry } from './fake-builds.ts';
import { at } from './fake-store.ts';
import { createWorld, problem, type World } from './fakes.ts';

let world: World;

const ended = buildShape({ state: 'succeeded', endedAt: at });
const history: JournalEntry[] = [
  { type: 'build', at, state: 'queued', error: null },
  { type: 'build', at, state: 'running', error: null },
  { type: 'stage', at, stage: 'compile', attempt: 1, state: 'running', reason: null, error: null },
  logEntry('CC main.o\r\u2028'),
  { type: 'progress', at, stage: 'compile', attempt: 1, progress: 0.5, note: 'half' },
  { type: 'build', at, state: 'succeeded', error: null },
  { type: 'end', at, state: 'succeeded' },
];

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
  world.app.request(`/v1/builds/b1/events${query}`, { headers });

beforeEach(async () => {
  world = await createWorld();
});

describe('the events of an ended build', () => {
  beforeEach(() => world.builds.add(ended, ...history));

  it('are its whole journal, each under its type and position, and then the stream closes', async () => {
    const answer = await follow();
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const events = await all(answer);
    expect(events.map(({ data }) => data)).toEqual(history);
    expect(events.map(({ event }) => event)).toEqual(history.map(({ type }) => type));
    expect(events.map(({ id }) => id)).toEqual([10, 20, 30, 40, 50, 60, 70]);
  });

  it('go on after every id without loss or repeat', async () => {
    for (const [index] of history.entries()) {
      const after = String(index * 10);
      const expected = history.slice(index);
      expect((await all(await follow('', { 'Last-Event-ID': after }))).map(({ data }) => data)).toEqual(expected);
      expect((await all(await follow(`?after=${after}`))).map(({ data }) => data)).toEqual(expected);
    }
    expect((await all(await follow('?after=10', { 'Last-Event-ID': '60' }))).map(({ id }) => id)).toEqual([70]);
  });

  it('end again for who has seen the end', async () => {
    const events = await all(await follow('', { 'Last-Event-ID': '70' }));
    expect(events).toEqual([{ id: 70, event: 'end', data: { type: 'end', at, state: 'succeeded' } }]);
    expect((await all(await follow('?after=end'))).map(({ event }) => event)).toEqual(['end']);
  });

  it('are not even begun for HEAD', async () => {
    const answer = await world.app.request('/v1/builds/b1/events', { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(world.builds.calls.map(([method]) => method)).not.toContain('follow');
  });

  it('cannot be resumed from a position that is none', async () => {
    await problem(await follow('?after=11'), 400, 'request.invalid');
    await problem(await follow('', { 'Last-Event-ID': 'abc' }), 400, 'request.invalid');
  });
});

describe('the events of a running build', () => {
  it('come as they happen, up to the end', async () => {
    world.builds.add(buildShape());
    const events = received(await follow());
    for (const entry of history) {
      if (entry.type === 'end') world.builds.builds.set('b1', ended);
      world.builds.append('b1', entry);
      expect((await events.next()).value?.data).toEqual(entry);
    }
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('pass over the end of the run before a retry', async () => {
    world.builds.add(ended, ...history, { type: 'build', at, state: 'queued', error: null }, ...history.slice(1));
    const types = (await all(await follow())).map(({ event }) => event);
    expect(types.filter((type) => type === 'end')).toHaveLength(1);
    expect(types.at(-1)).toBe('end');
    expect(types).toHaveLength(history.length * 2 - 1);
  });

  it('stop being followed when the client goes', async () => {
    world.builds.add(buildShape(), ...history.slice(0, 2));
    const answer = await follow();
    const reader = answer.body?.getReader();
    await reader?.read();
    await reader?.read();
    await reader?.cancel();
    const calls = world.builds.calls.length;
    world.builds.append('b1', logEntry('nobody reads this'));
    await Promise.resolve();
    expect(world.builds.calls.length).toBe(calls);
  });

  it('close when the server stops, without an end', async () => {
    world.builds.add(buildShape(), ...history.slice(0, 2));
    const events = received(await follow());
    await events.next();
    await events.next();
    world.stopping.abort();
    expect((await events.next()).done).toBe(true);
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
