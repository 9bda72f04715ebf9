/** Server-sent events as a stream that is only filled as fast as it is emptied (HTML standard, section 9.2). */
import { apiBounds } from '../config.ts';

export interface SentEvent {
  event: string;
  id?: number;
  /** One line of JSON. */
  data: string;
}

export interface EventStreamOptions {
  /** Ends the source when nobody reads any more. */
  stop: AbortController;
  /** Told when the source fails; the connection then breaks, so that the client knows that it has not seen the end. */
  onError: (error: unknown) => void;
  heartbeatMs?: number;
}

export const eventStreamHeaders = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx buffers otherwise; see ngx_http_proxy_module, proxy_buffering.
  'X-Accel-Buffering': 'no',
} as const;

const encoder = new TextEncoder();

/** Events as they go over the wire. JSON has no line breaks of its own, so the data is one line. */
export function encodeEvents(events: readonly SentEvent[]): Uint8Array {
  let text = '';
  for (const { event, id, data } of events)
    text += `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`;
  return encoder.encode(text);
}

/**
 * Each batch of encoded events becomes one write. A batch is asked for only when the one before has gone out, so a slow
 * client holds back its own source and costs no memory. While a source is silent, comment lines keep the connection alive.
 */
export function eventStream(
  source: AsyncIterable<Uint8Array>,
  { stop, onError, heartbeatMs = apiBounds.sseHeartbeatMs }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const batches = source[Symbol.asyncIterator]();
  let pending: Promise<IteratorResult<Uint8Array>> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(`retry: ${apiBounds.sseRetryMs}\n\n`));
      },
      async pull(controller) {
        pending ??= batches.next();
        try {
          const next = await withinTime(pending, heartbeatMs);
          // Nobody reads any more.
          if (stop.signal.aborted) return;
          if (next === 'late') return controller.enqueue(encoder.encode(':\n\n'));
          pending = undefined;
          if (next.done) return controller.close();
          controller.enqueue(next.value);
        } catch (error) {
          onError(error);
          throw error;
        }
      },
      async cancel() {
        stop.abort();
        await batches.return?.();
      },
    },
    // Nothing is taken in advance: a client that waits holds one batch, the one on its way.
    { highWaterMark: 0 },
  );
}

async function withinTime<Value>(promise: Promise<Value>, ms: number): Promise<Value | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
