/** An attached container as one stream: what it says can be read, what it is to hear is written. */
import { Duplex, Transform } from 'node:stream';
import { FrameDecoder } from './frames.ts';

/** `attached` is what the Docker Engine gives for stdin, stdout and stderr of a container without a terminal. */
export function conversation(attached: NodeJS.ReadWriteStream): Duplex {
  const frames = new FrameDecoder();
  const said = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (const { payload } of frames.push(chunk)) this.push(payload);
      done();
    },
  });
  attached.on('error', (error) => said.destroy(error));
  attached.pipe(said);
  return Duplex.from({ readable: said, writable: attached });
}
