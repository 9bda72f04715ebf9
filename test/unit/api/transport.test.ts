/** The HTTP server against clients that are slow, malformed or want something else: over real sockets on 127.0.0.1. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { createHttpServer, type TransportBounds } from '../../../src/api/http-server.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { listen } from '../../fixtures/engine/served.ts';

// Sockets and clocks, on whatever machine runs the tests.
vi.setConfig({ testTimeout: 60_000 });

const silent = pino({ level: 'silent' });
const host = 'Host: 127.0.0.1\r\n';
const chunk = new Uint8Array(256 << 10);

interface Running {
  server: Server;
  port: number;
  world: ApiWorld;
  end(): Promise<void>;
}

let running: Running;
let world: ApiWorld;

beforeAll(async () => {
  world = await ApiWorld.open({ idle: true });
});
afterAll(() => world.close());

/** The application, and beside it /endless, which gives bytes without end, and /never, which never answers. */
async function start(bounds: Partial<TransportBounds> = {}): Promise<Running> {
  world.logged.length = 0;
  const endless = () =>
    new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }, { highWaterMark: 0 }));
  const fetch = (request: Request, environment: Parameters<typeof world.app.fetch>[1]) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/endless') return endless();
    if (pathname.endsWith('/never/console')) return new Promise<Response>(() => undefined);
    return world.app.fetch(request, environment);
  };
  const { server, cutWebSockets } = createHttpServer(fetch, silent, bounds);
  const { port } = new URL(await listen(server));
  let ended: Promise<void> | undefined;
  const end = async () => {
    const closed = once(server, 'close');
    server.close();
    cutWebSockets();
    server.closeAllConnections();
    await closed;
  };
  running = {
    server,
    port: Number(port),
    world,
    end: () => {
      ended ??= end();
      return ended;
    },
  };
  return running;
}

afterEach(() => running.end());

function dial(): Socket {
  const socket = connect(running.port, '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

/** Sends it, and gives all that comes until the server closes. */
async function ask(request: string): Promise<string> {
  const socket = dial();
  socket.write(request);
  return text(socket);
}

/** Waits until what has come matches. */
async function received(socket: Socket, wanted: RegExp): Promise<string> {
  let all = '';
  for await (const [bytes] of on(socket)) {
    all += String(bytes);
    if (wanted.test(all)) return all;
  }
  throw new Error(`the connection ended after ${JSON.stringify(all)}`);
}

async function* on(socket: Socket): AsyncGenerator<[Buffer]> {
  while (!socket.closed) {
    const data = once(socket, 'data').then(([bytes]): [Buffer] => [bytes]);
    const event = await Promise.race([data, once(socket, 'close').then((): [] => [])]);
    if (event.length === 0) return;
    yield [event[0]];
  }
}

const connections = () =>
  new Promise<number>((resolve, reject) =>
    running.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

function problemIn(answer: string): { code: string; status: number } {
  expect(answer).toMatch(/content-type: application\/problem\+json/i);
  expect(answer).toMatch(/connection: close/i);
  return JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
}

const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n';
const webSocket =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

test('a connection stays open for longer than clients and proxies leave one without a request', async () => {
  await start();
  const socket = dial();
  socket.write(`GET /healthz HTTP/1.1\r\n${host}\r\n`);
  const [, seconds] = /^keep-alive: timeout=(\d+)/im.exec(await received(socket, /"status":"ok"/)) ?? [];
  expect(Number(seconds)).toBeGreaterThan(60);
  socket.destroy();
});

describe('an Upgrade that is not understood', () => {
  it('is ignored: the request is answered, and so is the next one on its connection', async () => {
    await start();
    const socket = dial();
    socket.write(`GET /healthz HTTP/1.1\r\n${host}${h2c}\r\n`);
    expect(await received(socket, /"status":"ok"/)).toMatch(/^HTTP\/1\.1 200 /);
    socket.write(`GET /v2 HTTP/1.1\r\n${host}${h2c}\r\n`);
    expect(await received(socket, /not-found/)).toMatch(/^HTTP\/1\.1 404 /);
    socket.destroy();
    await expect.poll(connections).toBe(0);
  });

  it('is ignored with a body too, and its method stays what it was', async () => {
    await start();
    const body = JSON.stringify({ definition: { name: 'gw', arch: 'x86_64' } });
    const head = `POST /v1/distributions HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const socket = dial();
    socket.write(`${head}${h2c}\r\n${body.slice(0, 10)}`);
    await sleep(20);
    socket.write(body.slice(10));
    expect(await received(socket, /"name":"gw"/)).toMatch(/^HTTP\/1\.1 201 /);
    socket.write(`DELETE /v1/distributions HTTP/1.1\r\n${host}${h2c}\r\n`);
    expect(await received(socket, /method\.not-allowed/)).toMatch(/^HTTP\/1\.1 405 /);
    socket.destroy();
  });

  it('leaves no connection behind, and keeps no server from ending', async () => {
    await start();
    const gone = Array.from({ length: 50 }, () => dial());
    for (const socket of gone) socket.write(`GET /healthz HTTP/1.1\r\n${host}${h2c}\r\n`);
    await Promise.all(gone.map((socket) => received(socket, /"status":"ok"/)));
    for (const socket of gone) socket.destroy();
    await expect.poll(connections).toBe(0);

    const open = dial();
    open.write(`GET /healthz HTTP/1.1\r\n${host}${h2c}\r\n`);
    await received(open, /"status":"ok"/);
    const hanging = dial();
    hanging.write(`GET /v1/artifacts/never/console HTTP/1.1\r\n${host}${webSocket}\r\n`);
    await expect.poll(connections).toBe(2);
    await running.end();
    await Promise.all([open, hanging].map((socket) => socket.closed || once(socket, 'close')));
  });
});

describe('the handshake of a WebSocket', () => {
  it('is refused elsewhere than at a console, and with another method than GET, before anything is done', async () => {
    const { world } = await start();
    for (const target of ['GET /healthz', 'GET /v1/stage-images/save', 'DELETE /v1/components/init/systemd', 'GET /']) {
      const answer = await ask(`${target} HTTP/1.1\r\n${host}${webSocket}\r\n`);
      expect(problemIn(answer)).toMatchObject({ code: 'request.refused', status: 403 });
    }
    expect(world.logged).toEqual([]);
    const deleted = await ask(`DELETE /v1/artifacts/a1/console HTTP/1.1\r\n${host}${webSocket}\r\n`);
    expect(problemIn(deleted)).toMatchObject({ status: 403 });
  });

  it('is refused with the problem document that says why', async () => {
    await start();
    const target = 'GET /v1/artifacts/a9/console HTTP/1.1\r\n';
    expect(problemIn(await ask(`${target}${host}${webSocket}\r\n`))).toMatchObject({ code: 'not-found', status: 404 });
    const evil = 'Origin: http://evil.example\r\n';
    expect(problemIn(await ask(`${target}${host}${evil}${webSocket}\r\n`))).toMatchObject({ status: 403 });
    expect(problemIn(await ask(`${target}Host: evil.example\r\n${webSocket}\r\n`))).toMatchObject({ status: 403 });
    expect(problemIn(await ask(`${target}Host: a b\r\n${webSocket}\r\n`))).toMatchObject({ status: 400 });
  });

  it('leaves no connection behind when it is refused, whatever else was sent', async () => {
    await start({ refusalLingerMs: 200 });
    const sockets = Array.from({ length: 10 }, () => dial());
    for (const socket of sockets) {
      socket.write(`GET /v1/artifacts/a9/console HTTP/1.1\r\n${host}${webSocket}\r\n`);
      // The client continues sending, and never reads.
      socket.write(Buffer.alloc(2 << 20));
      socket.pause();
    }
    await expect.poll(connections, { timeout: 5_000 }).toBe(0);
    for (const socket of sockets) socket.destroy();
  });

  it('is given up when nobody answers it', async () => {
    await start({ handshakeTimeoutMs: 100 });
    expect(await ask(`GET /v1/artifacts/never/console HTTP/1.1\r\n${host}${webSocket}\r\n`)).toBe('');
    await expect.poll(connections).toBe(0);
  });
});

describe('what Node itself would refuse', () => {
  it('is answered with a problem document', async () => {
    await start({ headersTimeoutMs: 200 });
    const cases: [string, number, string][] = [
      ['NONSENSE\r\n\r\n', 400, 'request.invalid'],
      [`GET / HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400, 'request.invalid'],
      [`GET / HTTP/1.1\r\n${host}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers.too-large'],
      [`GET / HTTP/1.1\r\n${host}Expect: tea\r\n\r\n`, 417, 'expectation.failed'],
      ['GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'request.invalid'],
      ['GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400, 'request.invalid'],
      [`GET / HTTP/1.1\r\n${host}`, 408, 'request.too-slow'],
    ];
    for (const [request, status, code] of cases) {
      const answer = await ask(request);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(problemIn(answer)).toMatchObject({ status, code });
    }
  });
});

describe('a client that is slow', () => {
  it('has so long for a body, and longer for an archive of images', async () => {
    await start({ bodyTimeoutMs: 200 });
    const post = (path: string, type: string) =>
      `POST ${path} HTTP/1.1\r\n${host}Content-Type: ${type}\r\nContent-Length: 100\r\n\r\n{`;
    const late = await ask(post('/v1/distributions', 'application/json'));
    expect(problemIn(late)).toMatchObject({ status: 408, code: 'request.too-slow' });
    const archive = dial();
    archive.write(post('/v1/stage-images/load', 'application/x-tar'));
    await sleep(500);
    expect(archive.closed).toBe(false);
    archive.write('x'.repeat(99));
    expect(await received(archive, /event: done/)).toMatch(/^HTTP\/1\.1 200 /);
    expect(running.world.images.loaded).toHaveLength(100);
    archive.destroy();
  });

  it('is disconnected when it takes nothing of its answer for long, and only then', async () => {
    await start({ writeStallMs: 2_000 });
    const stalled = dial();
    stalled.write(`GET /endless HTTP/1.1\r\n${host}\r\n`);
    await once(stalled, 'readable');
    const idle = dial();
    idle.write(`GET /healthz HTTP/1.1\r\n${host}\r\n`);
    await received(idle, /"status":"ok"/);
    const slow = dial();
    slow.write(`GET /endless HTTP/1.1\r\n${host}\r\n`);
    let taken = 0;
    const reading = setInterval(() => {
      taken += slow.read()?.length ?? 0;
    }, 20);
    await expect.poll(connections, { timeout: 15_000 }).toBe(2);
    const before = taken;
    await expect.poll(() => taken - before, { timeout: 15_000 }).toBeGreaterThan(1 << 20);
    expect([idle.closed, slow.closed]).toEqual([false, false]);
    clearInterval(reading);
    for (const socket of [stalled, idle, slow]) socket.destroy();
  });
});

describe('connections', () => {
  it('are refused beyond a number of them', async () => {
    await start({ maxConnections: 3 });
    const open = Array.from({ length: 3 }, () => dial());
    await expect.poll(connections).toBe(3);
    expect(await ask(`GET /healthz HTTP/1.1\r\n${host}\r\n`)).toBe('');
    open.pop()?.destroy();
    await expect.poll(connections).toBe(2);
    expect(await ask(`GET /healthz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toMatch(/"status":"ok"/);
    for (const socket of open) socket.destroy();
  });
});
