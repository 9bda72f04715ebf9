/**
 * Answers as gzip (RFC 9110, section 8.4.1.3) for who takes it: texts as a whole, events each as it comes. Hono's own compression
 * holds events back until there are many, and makes strong ETags weak, which If-Match then does not take.
 */
import { once } from 'node:events';
import { promisify } from 'node:util';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';
import { accepts } from 'hono/accepts';

const compressible = /^(application\/(json|problem\+json|yaml)|text\/(plain|html|event-stream))\b/;
const events = /^text\/event-stream\b/;

/** Appended to a strong ETag, within its quotes: other bytes have another one (RFC 9110, section 8.8.3.3). */
export const gzipTag = '-gzip';

/** A smaller window than usual: a follower takes 64 KiB for as long as it follows (zlib.h, deflateInit2). */
const eventOptions = { windowBits: 13, memLevel: 6, flush: constants.Z_SYNC_FLUSH };

export const compressAnswers: MiddlewareHandler = async (c, next) => {
  await next();
  const { headers, status, body } = c.res;
  const type = headers.get('Content-Type') ?? '';
  // Of a range only those bytes can be sent that were asked for.
  if (!body || !compressible.test(type) || status === 206 || headers.has('Content-Encoding')) return;
  if (headers.has('Accept-Ranges') || c.req.method === 'HEAD') return;
  c.header('Vary', 'Accept-Encoding', { append: true });
  const encoding = accepts(c, { header: 'Accept-Encoding', supports: ['gzip', 'identity'], default: 'identity' });
  if (encoding !== 'gzip') return;
  c.header('Content-Encoding', 'gzip');
  c.header('Content-Length', undefined);
  const tag = c.res.headers.get('ETag');
  if (tag?.startsWith('"')) c.header('ETag', `${tag.slice(0, -1)}${gzipTag}"`);
  c.res = new Response(zipped(body, createGzip(events.test(type) ? eventOptions : {})), c.res);
};

/** Asks for more only when what there was has gone out, as its source does. */
function zipped(body: ReadableStream<Uint8Array>, gzip: Gzip): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const write = promisify((chunk: Uint8Array, done: (error?: Error | null) => void) => gzip.write(chunk, done));
  let parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => parts.push(part));
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (parts.length === 0) {
          const { done, value } = await reader.read();
          if (!done) {
            await write(value);
            continue;
          }
          // `finish` comes before the last bytes are out.
          const end = once(gzip, 'end');
          gzip.end();
          await end;
          for (const part of parts) controller.enqueue(part);
          return controller.close();
        }
        controller.enqueue(Buffer.concat(parts));
        parts = [];
      },
      async cancel(reason) {
        gzip.close();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
