/** The connection to an attached container, and it as one stream: what it says can be read, what it is to hear is written. */
import { Duplex } from 'node:stream';
import { LdfError } from '../../errors.ts';
import { FrameDecoder } from './frames.ts';

/** What dockerode gives for `attach`. @throws LdfError `internal` when it is no connection. */
export function connectionOf(attached: NodeJS.ReadWriteStream): Duplex {
  if (attached instanceof Duplex) return attached;
  throw new LdfError('internal', 'The Docker client gave no connection.');
}

/**
 * `given` is the connection that the Docker Engine gives for stdin, stdout and stderr of a container without a terminal.
 * @throws LdfError `internal` when it is no connection.
 */
export function conversation(given: NodeJS.ReadWriteStream): Duplex {
  const attached = connectionOf(given);
  const frames = new FrameDecoder();
  const stream = new Duplex({
    read: () => void attached.resume(),
    write: (chunk, _encoding, done) => void attached.write(chunk, done),
    // A container that has ended has closed it, and there is nobody left to tell of the end.
    final: (done) => void (attached.writableEnded || attached.destroyed ? done() : attached.end(() => done())),
    destroy(error, done) {
      attached.destroy();
      done(error);
    },
  });
  attached.pause();
  attached.on('data', (chunk: Buffer) => {
    try {
      for (const { payload } of frames.push(chunk)) if (!stream.push(payload)) attached.pause();
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  // What is still to be read stays.
  attached.once('close', () => {
    if (stream.destroyed) return;
    stream.push(null);
    stream.end();
  });
  attached.on('error', (error) => stream.destroy(error));
  return stream;
}
