/** The journal of a build as it grows: every entry once, across lost connections. */
import { LdfError } from '../errors.ts';
import { JournalEntry } from '../model/journal.ts';
import { readEvents } from './event-stream.ts';
import type { Http } from './http.ts';

/** A journal entry with the position just after it. */
export interface PlacedEntry {
  id: number;
  entry: JournalEntry;
}

export interface EventOptions {
  /** Position to continue after; 0 is the beginning. */
  after?: number | undefined;
  signal?: AbortSignal | undefined;
  reconnect?: Partial<Reconnect>;
}

interface Reconnect {
  /** Doubles with each attempt in a row that brings nothing. */
  firstDelayMs: number;
  longestDelayMs: number;
  attempts: number;
  /** Three heartbeats of the server. */
  silenceMs: number;
}

/** About 45 seconds in all: enough for a server that is restarted. */
const defaults: Reconnect = { firstDelayMs: 250, longestDelayMs: 5_000, attempts: 12, silenceMs: 45_000 };

/**
 * Ends after the build's `end`.
 * @throws LdfError `server.unreachable` when the first connection fails, or none can be made again; what the server
 *   refuses with; the signal's reason when it fires.
 */
export async function* followBuild(http: Http, path: string, options: EventOptions): AsyncGenerator<PlacedEntry> {
  const { signal } = options;
  const reconnect = { ...defaults, ...options.reconnect };
  let position = options.after ?? 0;
  let fruitless = 0;
  let connected = false;
  for (;;) {
    try {
      const body = await connect(http, path, position, signal);
      connected = true;
      for await (const { id, data } of readEvents(body, reconnect.silenceMs)) {
        const placed = { id: Number(id), entry: http.check(JournalEntry, JSON.parse(data)) };
        const ended = placed.entry.type === 'end';
        // `end` may come again, at the position where it was seen before.
        if (placed.id <= position && !ended) continue;
        fruitless = 0;
        position = placed.id;
        yield placed;
        if (ended) return;
      }
    } catch (error) {
      const reason = http.explain(error, signal);
      const lost = reason instanceof LdfError && reason.code === 'server.unreachable';
      if (!lost || !connected) throw reason;
    }
    signal?.throwIfAborted();
    fruitless += 1;
    if (fruitless > reconnect.attempts) throw http.unreachable();
    await delay(Math.min(reconnect.firstDelayMs * 2 ** (fruitless - 1), reconnect.longestDelayMs), signal);
  }
}

async function connect(
  http: Http,
  path: string,
  position: number,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const headers = { accept: 'text/event-stream', 'last-event-id': String(position) };
  const { body } = await http.send('GET', path, { headers, signal });
  if (!body) throw http.unreachable();
  return body;
}

/** @throws the signal's reason when it fires. */
async function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
  });
  signal?.throwIfAborted();
}
