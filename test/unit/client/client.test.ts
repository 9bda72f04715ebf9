/** The client against the API on a real port. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/client.ts';
import { LdfError } from '../../../src/errors.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { buildShape, definition, lock, logEntry } from '../api/fake-builds.ts';
import { at } from '../api/fake-store.ts';
import { createWorld, type World } from '../api/fakes.ts';

let world: World;
let servers: { close(): unknown; closeAllConnections?(): void }[];
let base: string;

async function listen(server: Server | TcpServer): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

const answering = (handle: (request: IncomingMessage, response: ServerResponse) => void) =>
  listen(createServer(handle));

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

beforeEach(async () => {
  servers = [];
  world = await createWorld();
  base = await listen(createServer(getRequestListener(world.app.fetch)));
});

afterEach(() => {
  world.stopping.abort();
  for (const server of servers) {
    server.closeAllConnections?.();
    server.close();
  }
});

describe('the client', () => {
  it('does what the API does, with typed answers', async () => {
    const client = createClient(base);
    await client.health();
    expect((await client.system()).version).toBe('1.2.3');
    const created = await client.distributions.create({ definition, lock });
    expect(created.id).toBe('d1');
    expect((await client.examples()).map(({ name }) => name)).toContain('minimal');
    expect(await client.definitionSchema()).toMatchObject({ properties: { init: { componentKind: 'init' } } });
    expect(await client.distributions.check({ definition })).toMatchObject({
      plan: { name: 'gw' },
      error: null,
      choices: [{ kind: 'init', chosen: true }],
    });
    const { error } = await client.distributions.check({ definition: { ...definition, arch: 'mips' } });
    expect(error).toMatchObject({ code: 'definition.invalid', details: [{ pointer: '/arch' }] });
    expect((await client.distributions.list({ name: 'gw' })).items).toHaveLength(1);
    expect((await client.distributions.update('d1', { definition: { ...definition, version: '2' } })).version).toBe(
      '2',
    );
    expect((await client.distributions.validate({ definition })).name).toBe('gw');
    expect((await client.distributions.lock('d1', { dryRun: true })).stored).toBe(false);
    expect(await client.distributions.getLock('d1', 'x86_64')).toEqual(lock);
    expect((await client.resolveLock({ definition, update: true })).changes).toHaveLength(1);
    const build = await client.distributions.build('d1', { priority: 3 }, 'key-1');
    expect((await client.builds.list({ distribution: 'd1', limit: 5 })).items).toEqual([build]);
    expect((await client.builds.inputs(build.id)).definition).toEqual(definition);
    expect((await client.builds.cancel(build.id)).id).toBe('b1');
    expect((await client.builds.retry(build.id, 'package')).id).toBe('b1');
    await client.builds.remove(build.id);
    await client.distributions.remove('d1');
    expect(world.builds.calls).toContainEqual(['retry', 'b1', 'package']);
    expect(world.builds.calls.find(([name]) => name === 'create')?.[3]).toMatchObject({ key: 'key-1' });
  });

  it('manages components and stage images', async () => {
    const client = createClient(base);
    const component = { kind: 'init', name: 'openrc', title: 'OpenRC', summary: 'An init.' };
    expect((await client.components.create(component)).origin).toBe('user');
    expect((await client.components.update('init', 'openrc', { ...component, title: 'O' })).title).toBe('O');
    expect((await client.components.get('init', 'openrc')).title).toBe('O');
    await client.components.remove('init', 'openrc');
    expect((await client.components.list('init')).map(({ name }) => name)).toEqual(['systemd']);
    expect(await client.stageImages.list()).toHaveLength(1);
    const texts: string[] = [];
    for await (const { text } of client.stageImages.build()) texts.push(text);
    for await (const { text } of client.stageImages.pull('registry.example/ldf')) texts.push(text);
    expect(texts).toEqual(['one', 'two', 'pulling registry.example/ldf']);
    let saved = '';
    for await (const chunk of await client.stageImages.save(['boot-tester'])) saved += Buffer.from(chunk);
    expect(saved).toBe('a tar of boot-tester');
    await client.stageImages.load(new Blob(['an ', 'archive']), { trusted: true });
    expect([world.images.loaded, world.images.trusted]).toEqual(['an archive', true]);
    world.images.failure = new LdfError('images.build-failed', 'No.', { hint: 'Again.' });
    const failing = client.stageImages.build();
    await expect(collect(failing)).rejects.toMatchObject({ code: 'images.build-failed', hint: 'Again.' });
  });

  it('turns problem documents back into the errors they were', async () => {
    const client = createClient(base);
    const wrong = client.distributions.create({ definition: { name: 'GW', arch: 'x86_64' } });
    await expect(wrong).rejects.toMatchObject({
      code: 'definition.invalid',
      details: [{ pointer: '/definition/name', value: '"GW"' }],
    });
    const failure = new LdfError('stage.failed', 'No package nosuch.', { subcode: 'package.unknown', hint: 'Look.' });
    world.builds.failures.set('lock', failure);
    await expect(client.resolveLock({ definition })).rejects.toMatchObject({
      code: 'stage.failed',
      subcode: 'package.unknown',
      message: 'No package nosuch.',
      hint: 'Look.',
    });
    await expect(client.builds.get('b9')).rejects.toMatchObject({ code: 'not-found' });
    await expect(client.builds.get('../distributions')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('tells that nobody answers, or somebody else', async () => {
    const silent = await listen(createTcpServer());
    const gone = createTcpServer();
    const closed = await listen(gone);
    gone.close();
    await expect(createClient(closed).health()).rejects.toMatchObject({ code: 'server.unreachable' });
    await expect(createClient(silent).health(AbortSignal.timeout(50))).rejects.toMatchObject({
      code: 'server.unreachable',
    });
    const proxy = await answering((_request, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'));
    await expect(createClient(proxy).system()).rejects.toMatchObject({ code: 'server.unreachable' });
    const other = await answering((_request, response) => response.writeHead(404).end('<h1>Not found</h1>'));
    await expect(createClient(other).system()).rejects.toMatchObject({ code: 'internal' });
    const lying = await answering((_request, response) => response.end('{"version":1}'));
    await expect(createClient(lying).system()).rejects.toMatchObject({ code: 'internal' });
  });

  it('reads artifacts in part, and logs page by page', async () => {
    const client = createClient(base);
    const content = Buffer.from('0123456789');
    const record = { id: 'a1', buildId: 'b1', name: 'x.raw', sizeBytes: 10, sha256: 'f'.repeat(64) };
    world.store.artifacts.set('a1', {
      ...record,
      ...earlierFacts('raw'),
      storedBytes: 4096,
      verdict: null,
      createdAt: new Date(at),
      removedAt: null,
    });
    world.artifacts.contents.set(record.sha256, content);
    expect((await client.artifacts.get('a1')).name).toBe('x.raw');
    const read = async (range?: { start: number; end: number }) =>
      Buffer.concat(await collect(await client.artifacts.content('a1', range ? { range } : {}))).toString();
    expect([await read(), await read({ start: 2, end: 4 })]).toEqual(['0123456789', '234']);
    world.builds.add(
      buildShape(),
      logEntry('one'),
      { type: 'build', at, state: 'running', error: null },
      logEntry('two'),
    );
    const texts = (await collect(client.builds.logs('b1'))).map(({ text }) => text);
    expect(texts).toEqual(['one', 'two']);
    expect(await client.builds.position('b1')).toBe(30);
  });
});

describe('following a build', () => {
  const ended = buildShape({ state: 'succeeded', endedAt: at });
  const lines = Array.from({ length: 200 }, (_, index) => logEntry(`line ${index}`));
  const end: JournalEntry = { type: 'end', at, state: 'succeeded' };
  const reconnect = { firstDelayMs: 1, longestDelayMs: 2, attempts: 5 };

  /** A connection to the API that breaks after so many bytes from it, again and again. */
  async function breaking(afterBytes: () => number): Promise<string> {
    const { port } = new URL(base);
    const sockets = new Set<Socket>();
    const proxy = createTcpServer((socket) => {
      const upstream = connect(Number(port), '127.0.0.1');
      let left = afterBytes();
      const cut = () => {
        socket.resetAndDestroy();
        upstream.destroy();
      };
      for (const one of [socket, upstream]) sockets.add(one.on('error', cut).on('close', cut));
      socket.pipe(upstream);
      upstream.on('data', (chunk) => {
        socket.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) setImmediate(cut);
      });
    });
    return listen(proxy);
  }

  it('gives every entry exactly once, however often the connection breaks', async () => {
    world.builds.add(ended, ...lines, end);
    let bytes = 900;
    const client = createClient(await breaking(() => (bytes += 517)));
    const entries = await collect(client.builds.events('b1', { reconnect }));
    expect(entries.map(({ entry }) => entry)).toEqual([...lines, end]);
    expect(entries.map(({ id }) => id)).toEqual([...lines, end].map((_, index) => (index + 1) * 10));
    expect(world.builds.calls.filter(([name]) => name === 'follow').length).toBeGreaterThan(5);
  });

  it('begins where it is told to', async () => {
    world.builds.add(ended, ...lines, end);
    const client = createClient(base);
    const from = async (after: number) => (await collect(client.builds.events('b1', { after }))).length;
    expect([await from(0), await from(1990), await from(2000), await from(2010)]).toEqual([201, 2, 1, 1]);
  });

  it('goes on when the server stops and comes back', async () => {
    world.builds.add(buildShape(), ...lines.slice(0, 2));
    let application = world.app;
    const address = await listen(createServer(getRequestListener((request, env) => application.fetch(request, env))));
    const events = createClient(address).builds.events('b1', { reconnect });
    expect((await events.next()).value?.id).toBe(10);
    expect((await events.next()).value?.id).toBe(20);
    const next = events.next();
    const second = await createWorld();
    second.builds.add(ended, ...lines.slice(0, 3), end);
    application = second.app;
    world.stopping.abort();
    expect((await next).value).toEqual({ id: 30, entry: lines[2] });
    expect((await events.next()).value?.entry).toEqual(end);
    expect((await events.next()).done).toBe(true);
    second.stopping.abort();
  });

  it('gives up after a while, and at once when the first connection fails', async () => {
    world.builds.add(buildShape(), ...lines.slice(0, 1));
    let broken = false;
    const address = await breaking(() => (broken ? 0 : Number.POSITIVE_INFINITY));
    const events = createClient(address).builds.events('b1', { reconnect });
    await events.next();
    broken = true;
    world.stopping.abort();
    await expect(events.next()).rejects.toMatchObject({ code: 'server.unreachable' });
    const never = createClient(address).builds.events('b1', { reconnect: { ...reconnect, firstDelayMs: 60_000 } });
    await expect(never.next()).rejects.toMatchObject({ code: 'server.unreachable' });
  });

  it('takes a connection without a heartbeat for lost', async () => {
    world.builds.add(ended, ...lines.slice(0, 1), end);
    let requests = 0;
    const address = await answering((request, response) => {
      requests += 1;
      if (requests === 1) response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
      else void getRequestListener(world.app.fetch)(request, response);
    });
    const client = createClient(address);
    const entries = await collect(client.builds.events('b1', { reconnect: { ...reconnect, silenceMs: 30 } }));
    expect(entries).toHaveLength(2);
    expect(requests).toBe(2);
  });

  it('ends when the signal fires, with its reason', async () => {
    world.builds.add(buildShape(), ...lines.slice(0, 1));
    const stop = new AbortController();
    const events = createClient(base).builds.events('b1', { signal: stop.signal });
    await events.next();
    const next = events.next();
    stop.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });

  it('refuses what the server refuses', async () => {
    await expect(createClient(base).builds.events('b9').next()).rejects.toMatchObject({ code: 'not-found' });
    world.builds.add(ended, end);
    const wrong = createClient(base).builds.events('b1', { after: 3 });
    await expect(wrong.next()).rejects.toMatchObject({ code: 'request.invalid' });
  });
});
