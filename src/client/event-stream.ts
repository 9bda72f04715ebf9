/** Server-sent events out of a response body. */
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** Longer than any event of ours. */
const maxEventCharacters = 64 << 20;

/** A connection that gave nothing for so long, not even a heartbeat, is dead. */
export class SilentConnection extends Error {
  override readonly name = 'SilentConnection';
}

/**
 * The events of a body as they come; ends with the body.
 * @throws SilentConnection after `silenceMs` without a byte, and whatever reading throws.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<EventSourceMessage> {
  const messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message), maxBufferSize: maxEventCharacters });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await withinTime(reader.read(), silenceMs);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    // Rejects when the connection broke, which is known already.
    await reader.cancel().catch(() => undefined);
  }
}

async function withinTime<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SilentConnection(`nothing came for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
