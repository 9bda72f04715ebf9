/** Something for a container to read: it goes from this process into the container's stdin, and is written down nowhere between. */
import { finished } from 'node:stream/promises';
import type { Container } from 'dockerode';
import { connectionOf } from './conversation.ts';
import { answerOf } from './docker-error.ts';

/** How long the Docker Engine may take to pass it on. */
const patienceMs = 60_000;

export interface ContainerStdin {
  /** Writes all that there is to read, and its end. @throws LdfError `docker.unavailable` */
  write(text: string): Promise<void>;
  abandon(): void;
}

/** Takes hold of the stdin of a container that is not started yet. Whatever is not written ends with this process. */
export async function openStdin(container: Container, name: string): Promise<ContainerStdin> {
  const options = { stream: true, hijack: true, stdin: true, stdout: false, stderr: false };
  const attached = connectionOf(await answerOf(`open the stdin of container ${name}`, container.attach(options)));
  return {
    async write(text) {
      // The engine keeps its side open until it has passed all of it on.
      const passedOn = finished(attached, { signal: AbortSignal.timeout(patienceMs) });
      attached.resume();
      attached.end(text);
      await answerOf(`write to the stdin of container ${name}`, passedOn);
    },
    abandon: () => void attached.destroy(),
  };
}
