import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { conversation } from '../../../../src/runtime/docker/conversation.ts';

const server = createServer();
let container: Socket;
let attached: Socket;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  const connected = once(server, 'connection');
  attached = connect(address.port, '127.0.0.1');
  [container] = await connected;
});

afterEach(() => {
  container.destroy();
  server.close();
});

/** One frame of the Docker Engine's stream: stdout, and how many bytes follow. */
function frame(words: string): Buffer {
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(Buffer.byteLength(words), 4);
  return Buffer.concat([head, Buffer.from(words)]);
}

it('brings what is typed, and what is said', async () => {
  const stream = conversation(attached);
  stream.write('root');
  expect(String((await once(container, 'data'))[0])).toBe('root');
  container.end(frame('login: '));
  expect(await text(stream)).toBe('login: ');
});

it('ends without an error when the container has ended', async () => {
  const stream = conversation(attached);
  const problems: unknown[] = [];
  stream.on('error', (error) => problems.push(error));
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.resume();
  container.end(frame('Powering off.'));
  await closed;
  expect(problems).toEqual([]);
});
