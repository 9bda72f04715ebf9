/** Node's streams as response bodies. */
import { Readable } from 'node:stream';

/** How much is read ahead of the client. */
const readAheadBytes = 1 << 20;

/**
 * A body that reads as fast as the client takes it, and closes what it reads from when the client goes. Node's own
 * default for the read-ahead counts chunks as bytes, which would take in the whole file.
 */
export function webStream(readable: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(readable, { strategy: new ByteLengthQueuingStrategy({ highWaterMark: readAheadBytes }) });
}
