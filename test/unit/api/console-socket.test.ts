/** A console whose machine does not read, does not come, or says nothing: over a real WebSocket. */
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { joinConsole } from '../../../src/api/console-socket.ts';
import { LdfError } from '../../../src/errors.ts';
import { type PromiseWithResolvers, withResolvers } from '../../fixtures/with-resolvers.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A machine that takes what is typed only when it is told to. */
class Machine extends Duplex {
  taken = 0;
  #next: (() => void)[] = [];
  #reads = false;

  constructor() {
    super({ highWaterMark: 1024 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void) {
    this.taken += chunk.length;
    if (this.#reads) done();
    else this.#next.push(done);
  }

  override _read() {
    // What it says is pushed by the tests.
  }

  readAll() {
    this.#reads = true;
    for (const done of this.#next.splice(0)) done();
  }
}

let server: WebSocketServer;
let machine: Machine;
let session: AbortController;
let opened: PromiseWithResolvers<Duplex>;
let idleMs = 10_000;

beforeEach(async () => {
  session = new AbortController();
  idleMs = 10_000;
  machine = new Machine();
  opened = withResolvers<Duplex>();
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 64 << 10 });
  server.on('connection', (socket) =>
    joinConsole(socket, {
      open: () => opened.promise,
      presentable: (error) => (error instanceof LdfError ? error : new LdfError('internal', 'other')),
      bounds: { maxTypedAheadBytes: 256 << 10, consoleIdleMs: idleMs },
      ends: session.signal,
    }),
  );
  await once(server, 'listening');
});

afterEach(async () => {
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

async function dial(): Promise<WebSocket> {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const socket = new WebSocket(`ws://127.0.0.1:${address.port}`);
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

const block = Buffer.alloc(32 << 10, 'x');

/** Types 16 MiB, as far as the server takes it within a second. @returns what the client still holds */
async function typeOn(socket: WebSocket): Promise<number> {
  for (let index = 0; index < 512; index++) socket.send(block);
  await sleep(1_000);
  return socket.bufferedAmount;
}

describe('typed bytes', () => {
  it('wait in the client while the machine does not come or does not read, and all arrive in the end', async () => {
    const socket = await dial();
    const beforeMachine = await typeOn(socket);
    expect(beforeMachine).toBeGreaterThan(8 << 20);
    opened.resolve(machine);
    await sleep(300);
    expect(machine.taken).toBeLessThan(1 << 20);
    expect(socket.bufferedAmount).toBeGreaterThan(8 << 20);
    machine.readAll();
    await expect.poll(() => machine.taken, { timeout: 20_000 }).toBe(512 * block.length);
    socket.terminate();
    await expect.poll(() => machine.destroyed).toBe(true);
  });

  it('close the console when they come in small messages faster than anybody can hold them back', async () => {
    // All of this is in one read of the socket, before the pause can take effect.
    const small = await dial();
    const [joined] = server.clients;
    if (!joined) throw new Error('nobody is there');
    for (let index = 0; index < 10; index++) joined.emit('message', Buffer.alloc(60 << 10), true);
    expect((await once(small, 'close'))[0]).toBe(1009);
  });
});

describe('a console', () => {
  it('is closed when nothing is said for long, by either side', async () => {
    idleMs = 300;
    const socket = await dial();
    opened.resolve(machine);
    machine.readAll();
    const startedAt = performance.now();
    for (let index = 0; index < 4; index++) {
      await sleep(150);
      if (index % 2) socket.send('x');
      else machine.push('y');
    }
    expect((await once(socket, 'close'))[0]).toBe(1000);
    expect(performance.now() - startedAt).toBeGreaterThan(800);
    await expect.poll(() => machine.destroyed).toBe(true);
  });

  it('is closed when the session of who opened it has ended', async () => {
    const socket = await dial();
    opened.resolve(machine);
    session.abort();
    expect((await once(socket, 'close'))[0]).toBe(1008);
    await expect.poll(() => machine.destroyed).toBe(true);
  });

  it('tells why there is no machine, also to who has typed already', async () => {
    const socket = await dial();
    socket.send('root\r');
    opened.reject(new LdfError('queue.full', '2 machines run already.'));
    expect(JSON.parse(String((await once(socket, 'message'))[0]))).toMatchObject({ code: 'queue.full' });
    expect((await once(socket, 'close'))[0]).toBe(1011);
  });
});
