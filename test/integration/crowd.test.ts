/** Hundreds of clients at once, those among them that do not read, and what that costs the server. */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { standInToken } from '../fixtures/webui/stand-in-token.ts';

let server: ReturnType<typeof start>;
let there: { url: string; artifact: string; build: string };
const sockets: Socket[] = [];

function start(program: string) {
  return execa('node', ['--import', 'tsx', program], {
    stdin: 'ignore',
    stderr: 'inherit',
    buffer: false,
    reject: false,
  });
}

beforeAll(async () => {
  server = start(join(import.meta.dirname, '../fixtures/webui/crowd-server.ts'));
  const gone = server.then(({ exitCode }) => {
    throw new Error(`the server ended with ${exitCode} before it answered`);
  });
  const [line] = await Promise.race([once(createInterface({ input: server.stdout }), 'line'), gone]);
  there = z.object({ url: z.string(), artifact: z.string(), build: z.string() }).parse(JSON.parse(String(line)));
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  server?.kill('SIGTERM');
  await server;
});

/** Asks, and reads on or stops after the first bytes. Resolves with the socket when the answer has begun. */
async function ask(path: string, reads: boolean): Promise<Socket> {
  const { hostname, port } = new URL(there.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${standInToken}\r\n\r\n`);
  const [head] = await once(socket, 'data');
  expect(String(head)).toMatch(/^HTTP\/1\.1 200 /);
  if (reads) socket.resume();
  else socket.pause();
  return socket;
}

/** proc_pid_status(5): VmRSS in KiB. */
async function residentMib(): Promise<number> {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${server.pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

const descriptors = async () => (await readdir(`/proc/${server.pid}/fd`)).length;

it('500 event streams and 200 downloads that nobody reads fit into 300 MiB, and leave nothing', async () => {
  const [before, open] = [await residentMib(), await descriptors()];
  for (let block = 0; block < 10; block++)
    await Promise.all(Array.from({ length: 50 }, () => ask(`/v1/builds/${there.build}/events`, true)));
  const streams = await residentMib();
  for (let block = 0; block < 4; block++)
    await Promise.all(Array.from({ length: 50 }, () => ask(`/v1/artifacts/${there.artifact}/content`, false)));
  let most = 0;
  for (let second = 0; second < 10; second++) {
    most = Math.max(most, await residentMib());
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  const asked = performance.now();
  expect((await fetch(`${there.url}/healthz`)).status).toBe(200);
  console.info({ before, streams, most, healthMs: performance.now() - asked });
  expect(most - before).toBeLessThan(300);
  for (const socket of sockets.splice(0)) socket.destroy();
  await expect.poll(descriptors, { timeout: 120_000 }).toBeLessThanOrEqual(open + 5);
});
