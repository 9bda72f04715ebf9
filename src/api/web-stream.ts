/** Node's streams as response bodies. */
import type { Readable } from 'node:stream';

/**
 * A body that reads as fast as the client takes it, and closes what it reads from when the client goes. It reads nothing
 * ahead by itself: what is read ahead is what `readable` was made with. (Readable.toWeb counts chunks as bytes, and tells
 * of a client that went as of an error.)
 */
export function webStream(readable: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<unknown> = readable[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) return controller.close();
        if (!(value instanceof Uint8Array)) throw new TypeError('the stream gives something other than bytes');
        controller.enqueue(value);
      },
      cancel() {
        readable.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
