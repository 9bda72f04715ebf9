/** The client against the API on a real port. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/client.ts';
import { LdfError } from '../../../src/errors.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import { imageNames } from '../../../src/stages/names.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { ApiWorld, definition } from '../../fixtures/engine/api-world.ts';
import { listen } from '../../fixtures/engine/served.ts';

const lock: Lock = { version: 1, arch: 'x86_64' };
const at = '2026-01-02T03:04:05.000000001Z';
const logEntry = (text: string): JournalEntry => ({
  ...{ type: 'log', at, stage: 'compile', attempt: 1 },
  ...{ stream: 'stdout', text },
});

let world: ApiWorld;
let servers: { close(): unknown; closeAllConnections?(): void }[];
let base: string;

function listening(server: Server | TcpServer): Promise<string> {
  servers.push(server);
  return listen(server);
}

const answering = (handle: (request: IncomingMessage, response: ServerResponse) => void) =>
  listening(createServer(handle));

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

beforeEach(async () => {
  servers = [];
  world = await ApiWorld.open({ idle: true });
  base = await listening(createServer(getRequestListener(world.app.fetch)));
});

afterEach(async () => {
  world.stopping.abort();
  for (const server of servers) {
    server.closeAllConnections?.();
    server.close();
  }
  await world.close();
});

describe('the client', () => {
  it('does what the API does, with typed answers', async () => {
    const client = createClient(base);
    await client.health();
    expect((await client.system()).version).toBe('1.2.3');
    const { id } = await client.distributions.create({ definition, lock });
    expect(await world.store.getDistribution(id)).toMatchObject({ name: 'gw', definition });
    expect((await client.examples()).map(({ name }) => name)).toContain('minimal');
    expect(await client.definitionSchema()).toMatchObject({ properties: { init: { componentKind: 'init' } } });
    expect(await client.distributions.check({ definition })).toMatchObject({
      plan: { name: 'gw' },
      error: null,
      choices: expect.arrayContaining([expect.objectContaining({ kind: 'init', name: 'systemd', chosen: true })]),
    });
    const { error } = await client.distributions.check({ definition: { ...definition, arch: 'mips' } });
    expect(error).toMatchObject({ code: 'definition.invalid', details: [{ pointer: '/arch' }] });
    expect((await client.distributions.list({ name: 'gw' })).items).toHaveLength(1);
    expect((await client.distributions.update(id, { definition: { ...definition, version: '2' } })).version).toBe('2');
    expect((await client.distributions.validate({ definition })).name).toBe('gw');
    expect((await client.distributions.lock(id, { dryRun: true })).stored).toBe(false);
    expect(await client.distributions.getLock(id, 'x86_64')).toEqual(lock);
    const { changes } = await client.resolveLock({ definition, update: true });
    expect(changes).toContainEqual({ group: 'packages', name: 'curl', from: null, to: '1.0', security: false });
    const build = await client.distributions.build(id, { priority: 3 }, 'key-1');
    const { items } = await client.builds.list({ distribution: id, limit: 5 });
    expect(items).toMatchObject([{ id: build.id, number: build.number, state: 'queued', error: null }]);
    expect((await client.builds.inputs(build.id)).definition).toMatchObject({ ...definition, version: '2' });
    expect(await client.builds.cancel(build.id)).toMatchObject({ id: build.id, state: 'cancelled' });
    expect(await client.builds.retry(build.id, 'package')).toMatchObject({ id: build.id, state: 'queued' });
    await client.builds.cancel(build.id);
    await client.builds.remove(build.id);
    await client.distributions.remove(id);
    expect([await world.store.getBuild(build.id), await world.store.getDistribution(id)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(world.toEngine.givenTo('retry')).toEqual([[build.id, 'package', false]]);
    expect(world.toEngine.givenTo('create')[0]?.[2]).toMatchObject({ key: 'key-1' });
  });

  it('manages components and stage images', async () => {
    const client = createClient(base);
    const component = { kind: 'init', name: 'runit', title: 'Runit', summary: 'An init.' };
    expect((await client.components.create(component)).origin).toBe('user');
    expect((await client.components.update('init', 'runit', { ...component, title: 'O' })).title).toBe('O');
    expect((await client.components.get('init', 'runit')).title).toBe('O');
    await client.components.remove('init', 'runit');
    expect((await client.components.list('init')).map(({ name }) => name)).toEqual(['busybox', 'openrc', 'systemd']);
    expect((await client.stageImages.list()).map(({ name }) => name)).toEqual(imageNames);
    const texts: string[] = [];
    for await (const { text } of client.stageImages.build()) texts.push(text);
    for await (const { text } of client.stageImages.pull('registry.example/ldf')) texts.push(text);
    expect(texts).toEqual(['unpacking', 'RUN apt-get install', 'pulling registry.example/ldf']);
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
    world.runtime.script('resolve', async (stage) =>
      stage.fail({ code: 'package.unknown', message: 'No package nosuch.', hint: 'Look.' }),
    );
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
    const silent = await listening(createTcpServer());
    const gone = createTcpServer();
    const closed = await listening(gone);
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
    const build = await world.queued();
    const { id } = await world.artifact(build.id, 'x.raw', content, earlierFacts('raw'));
    expect((await client.artifacts.get(id)).name).toBe('x.raw');
    const read = async (range?: { start: number; end: number }) =>
      Buffer.concat(await collect(await client.artifacts.content(id, range ? { range } : {}))).toString();
    expect([await read(), await read({ start: 2, end: 4 })]).toEqual(['0123456789', '234']);
    const running: JournalEntry = { type: 'build', at, state: 'running', error: null };
    await world.journal(build.id, logEntry('one'), running, logEntry('two'));
    const texts = (await collect(client.builds.logs(build.id))).map(({ text }) => text);
    expect(texts).toEqual(['one', 'two']);
    expect(await client.builds.position(build.id)).toBe(await world.engine.end(build.id));
  });
});

describe('following a build', () => {
  const lines = Array.from({ length: 200 }, (_, index) => logEntry(`line ${index}`));
  /** The build that is followed, and the position where its journal began. */
  let id: string;
  let start: number;
  const reconnect = { firstDelayMs: 1, longestDelayMs: 2, attempts: 5 };

  beforeEach(async () => {
    ({ id } = await world.queued());
    start = await world.engine.end(id);
  });

  /** The journal of the build as it is now. */
  const journal = async () => (await world.engine.read(id, { after: 0, limit: 1_000 })).entries;

  /** Writes so many lines into the journal, and ends the build. */
  async function endAfter(count: number) {
    await world.journal(id, ...lines.slice(0, count));
    await world.engine.cancel(id);
  }

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
    return listening(proxy);
  }

  it('gives every entry exactly once, however often the connection breaks', async () => {
    await endAfter(200);
    const whole = await journal();
    expect(whole.length).toBeGreaterThan(200);
    let bytes = 900;
    // Compressed, it would fit into a few connections.
    const plain: typeof fetch = (url, request) =>
      fetch(url, { ...request, headers: { ...request?.headers, 'accept-encoding': 'identity' } });
    const client = createClient(await breaking(() => (bytes += 517)), { fetch: plain });
    expect(await collect(client.builds.events(id, { reconnect }))).toEqual(whole);
    expect(world.toEngine.givenTo('follow').length).toBeGreaterThan(5);
  });

  it('begins where it is told to', async () => {
    await endAfter(20);
    const whole = await journal();
    const client = createClient(base);
    const from = (after: number | undefined) => collect(client.builds.events(id, { after: after ?? 0 }));
    expect(await from(0)).toEqual(whole);
    expect(await from(whole.at(-3)?.id)).toEqual(whole.slice(-2));
    expect(await from(whole.at(-2)?.id)).toEqual(whole.slice(-1));
    // Who has seen the end hears of it again.
    expect(await from(whole.at(-1)?.id)).toMatchObject([{ id: whole.at(-1)?.id, entry: { type: 'end' } }]);
  });

  it('continues when the server stops and comes back', async () => {
    await world.journal(id, ...lines.slice(0, 2));
    let application = world.app;
    const address = await listening(
      createServer(getRequestListener((request, env) => application.fetch(request, env))),
    );
    const events = createClient(address).builds.events(id, { after: start, reconnect });
    expect((await events.next()).value?.entry).toEqual(lines[0]);
    const second = (await events.next()).value;
    expect(second?.entry).toEqual(lines[1]);
    const next = events.next();
    application = world.another(new AbortController().signal);
    world.stopping.abort();
    await world.journal(id, ...lines.slice(2, 3));
    await world.engine.cancel(id);
    const later = (await journal()).filter((placed) => placed.id > (second?.id ?? 0));
    expect([later[0]?.entry, later.at(-1)?.entry.type]).toEqual([lines[2], 'end']);
    expect((await next).value).toEqual(later[0]);
    expect(await collect(events)).toEqual(later.slice(1));
    expect(world.toEngine.givenTo('follow').length).toBeGreaterThan(1);
  });

  it('gives up after a while, and at once when the first connection fails', async () => {
    await world.journal(id, ...lines.slice(0, 1));
    let broken = false;
    const address = await breaking(() => (broken ? 0 : Number.POSITIVE_INFINITY));
    const events = createClient(address).builds.events(id, { after: start, reconnect });
    expect((await events.next()).value?.entry).toEqual(lines[0]);
    broken = true;
    world.stopping.abort();
    await expect(events.next()).rejects.toMatchObject({ code: 'server.unreachable' });
    const never = createClient(address).builds.events(id, { reconnect: { ...reconnect, firstDelayMs: 60_000 } });
    await expect(never.next()).rejects.toMatchObject({ code: 'server.unreachable' });
  });

  it('takes a connection without a heartbeat for lost', async () => {
    await endAfter(1);
    let requests = 0;
    const address = await answering((request, response) => {
      requests += 1;
      if (requests === 1) response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
      else void getRequestListener(world.app.fetch)(request, response);
    });
    const client = createClient(address);
    const entries = await collect(client.builds.events(id, { reconnect: { ...reconnect, silenceMs: 200 } }));
    expect(entries).toEqual(await journal());
    expect(requests).toBeGreaterThan(1);
  });

  it('ends when the signal fires, with its reason', async () => {
    await world.journal(id, ...lines.slice(0, 1));
    const stop = new AbortController();
    const events = createClient(base).builds.events(id, { signal: stop.signal });
    await events.next();
    for (let index = 1; index < (await journal()).length; index++) await events.next();
    const next = events.next();
    stop.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });

  it('refuses what the server refuses', async () => {
    await expect(createClient(base).builds.events('b9').next()).rejects.toMatchObject({ code: 'not-found' });
    await endAfter(1);
    const wrong = createClient(base).builds.events(id, { after: 3 });
    await expect(wrong.next()).rejects.toMatchObject({ code: 'request.invalid' });
  });
});
