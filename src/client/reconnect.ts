/** Event streams that outlive their connections. */
import type { EventSourceMessage } from 'eventsource-parser';
import { LdfError } from '../errors.ts';
import { readEvents } from './event-stream.ts';
import type { Http } from './http.ts';

export interface Reconnect {
  /** Doubles with each attempt in a row that brings nothing. */
  firstDelayMs: number;
  longestDelayMs: number;
  attempts: number;
  /** Three heartbeats of the server. */
  silenceMs: number;
}

/** About 45 seconds in all: enough for a server that is restarted. */
const defaults: Reconnect = { firstDelayMs: 250, longestDelayMs: 5_000, attempts: 12, silenceMs: 45_000 };

export interface StreamOptions {
  /** The id of the newest event that was seen; undefined: none was. */
  lastId: () => number | undefined;
  signal: AbortSignal | undefined;
  /** Called when a connection has been made. */
  onConnected?: (() => void) | undefined;
  reconnect: Partial<Reconnect> | undefined;
}

/**
 * Every event, over as many connections as it takes. Does not end by itself: who reads leaves when it has seen the end. After
 * so many connections in a row that brought no new id, it gives up.
 * @throws LdfError `server.unreachable` when the first connection fails, or none can be made again; what the server
 *   refuses with; the signal's reason when it fires.
 */
export async function* eventsAcrossConnections(
  http: Http,
  path: string,
  { lastId, signal, onConnected, reconnect: given }: StreamOptions,
): AsyncGenerator<EventSourceMessage> {
  const reconnect = { ...defaults, ...given };
  let fruitless = 0;
  let connected = false;
  for (;;) {
    const before = lastId();
    try {
      const body = await connect(http, path, before, signal);
      connected = true;
      onConnected?.();
      for await (const event of readEvents(body, reconnect.silenceMs)) {
        yield event;
        if (lastId() !== before) fruitless = 0;
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
  lastId: number | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const resumed = lastId === undefined ? {} : { 'last-event-id': String(lastId) };
  const { body } = await http.send('GET', path, { headers: { accept: 'text/event-stream', ...resumed }, signal });
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
