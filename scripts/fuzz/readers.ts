/** Many who follow a build's events, and many who begin a large download and do not read on. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { bigName } from './big-artifact.ts';
import type { Sender } from './send.ts';

const pollMs = 200;
const buildMs = 120_000;

const WithId = z.object({ id: z.string() });
const Build = z.object({
  id: z.string(),
  state: z.string(),
  artifacts: z.array(z.object({ id: z.string(), format: z.string() })),
});

/** A build with an image of many MiB. @returns its id and the image's */
export async function buildBig(sender: Sender): Promise<{ build: string; artifact: string }> {
  const body = JSON.stringify({ definition: { name: bigName, arch: 'x86_64' } });
  const { id } = WithId.parse(await post(sender, '/v1/distributions', body));
  const build = WithId.parse(await post(sender, `/v1/distributions/${id}/build`, '{}'));
  for (let waitedMs = 0; waitedMs < buildMs; waitedMs += pollMs) {
    const outcome = await sender.send({ method: 'GET', path: `/v1/builds/${build.id}`, headers: {}, body: undefined });
    const shown = Build.parse(JSON.parse(outcome.kind === 'answered' ? outcome.text : '{}'));
    const artifact = shown.artifacts.find(({ format }) => format === 'raw');
    if (shown.state === 'succeeded' && artifact) return { build: build.id, artifact: artifact.id };
    if (shown.state === 'failed') throw new Error('the build of a large image failed');
    await sleep(pollMs);
  }
  throw new Error('the build of a large image did not end');
}

/** @returns its answer. @throws Error for another status than 2xx */
export async function post(sender: Sender, path: string, text: string): Promise<unknown> {
  const headers = { 'Content-Type': 'application/json' };
  const outcome = await sender.send({ method: 'POST', path, headers, body: Buffer.from(text) });
  if (outcome.kind !== 'answered' || outcome.status >= 300) throw new Error(`POST ${path}: ${JSON.stringify(outcome)}`);
  return JSON.parse(outcome.text);
}

/** Opens `count` connections that ask for `path` and, from the answer's first bytes on, read nothing. */
export async function openReaders(
  { url, token }: { url: string; token: string | undefined },
  path: string,
  count: number,
): Promise<{ answered: number; close(): Promise<void> }> {
  const { hostname, port, host } = new URL(url);
  const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
  const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\n`;
  const sockets: Socket[] = [];
  let answered = 0;
  for (let index = 0; index < count; index++) {
    const socket = connect(Number(port), hostname);
    // The server may end a connection that nobody reads from; that is what it is for.
    socket.on('error', (error) => error);
    sockets.push(socket);
    socket.write(head);
    const first = once(socket, 'data').then(([bytes]) => {
      socket.pause();
      return String(bytes).startsWith('HTTP/1.1 200');
    });
    const closed = once(socket, 'close').then(() => false);
    if (await Promise.race([first, closed])) answered++;
  }
  return {
    answered,
    async close() {
      await Promise.all(
        sockets.map((socket) => {
          if (socket.closed) return undefined;
          const closed = once(socket, 'close');
          socket.destroy();
          return closed;
        }),
      );
    },
  };
}
