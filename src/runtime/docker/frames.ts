/**
 * The stream in which Docker carries stdout and stderr of a container together: frames of an 8-byte header (stream
 * number, three zeros, payload length in big-endian order) and the payload; see "Stream format" of ContainerAttach in
 * https://docs.docker.com/reference/api/engine/.
 */
import { LdfError } from '../../errors.ts';

export interface Frame {
  stream: 'stdout' | 'stderr';
  payload: Buffer;
}

const headerBytes = 8;
/** Docker writes log pieces of 16 KiB and copies streams in pieces of 32 KiB: far more means that this is no such stream. */
const maxPayloadBytes = 16 << 20;

/** Takes a stream apart whose chunks may end anywhere, within a header too. */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that `chunk` completes. @throws LdfError `internal` when the stream is not of this format. */
  *push(chunk: Buffer): Generator<Frame> {
    let buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (buffer.length >= headerBytes) {
      const stream = streamOf(buffer);
      const end = headerBytes + buffer.readUInt32BE(4);
      if (end > maxPayloadBytes) throw notFrames(`a frame of ${end} bytes`);
      if (buffer.length < end) break;
      yield { stream, payload: buffer.subarray(headerBytes, end) };
      buffer = buffer.subarray(end);
    }
    this.#rest = buffer;
  }
}

function streamOf(header: Buffer): Frame['stream'] {
  if (header[0] === 1) return 'stdout';
  if (header[0] === 2) return 'stderr';
  throw notFrames(`stream number ${header[0]}`);
}

function notFrames(found: string): LdfError {
  return new LdfError('internal', `Docker sent ${found} where output of a container was due.`, {
    hint: 'Is there a proxy between LDF and the Docker engine that changes streams?',
  });
}
