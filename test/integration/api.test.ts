/** The server as it is wired: real database, real files, and Docker there or away. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { loadConfig } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { imagesOnDemand, usualImages } from '../../src/stages/names.ts';

let dataDir: string;
const running: RunningServer[] = [];
const definition = { name: 'gw', arch: 'x86_64', userland: { packages: ['curl'] } };

async function start(environment: Record<string, string> = {}) {
  const config = loadConfig({ LDF_DATA_DIR: dataDir, LDF_PORT: '0', LDF_LOG_LEVEL: 'silent', ...environment });
  const server = await startServer(config);
  running.push(server);
  return { server, client: createClient(server.url, { token: server.token }) };
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ldf-api-'));
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const notice = async () => JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'));

describe('a server', () => {
  it('keeps distributions across restarts, and says where it is while it runs', async () => {
    const first = await start();
    expect(await notice()).toMatchObject({ url: first.server.url, pid: process.pid });
    const created = await first.client.distributions.create({ definition });
    expect((await first.client.distributions.validate({ definition })).stages.map(({ name }) => name)).toContain(
      'compile',
    );
    await first.server.stop();
    await expect(notice()).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(first.client.health()).rejects.toMatchObject({ code: 'server.unreachable' });

    const { client } = await start();
    expect(await client.distributions.get(created.id)).toEqual(created);
    await expect(client.distributions.create({ definition })).rejects.toMatchObject({ code: 'name.taken' });
    await client.distributions.remove(created.id);
    await expect(client.distributions.get(created.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('pages through lists, and refuses a cursor that is none', async () => {
    const { client } = await start();
    for (const name of ['one', 'two', 'three'])
      await client.distributions.create({ definition: { ...definition, name } });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.distributions.list({ limit: 2, cursor });
      names.push(...page.items.map((item) => item.name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(names).toEqual(['three', 'two', 'one']);
    for (const wrong of ['x', 'AAAA', Buffer.from('1 x').toString('base64url')]) {
      await expect(client.distributions.list({ cursor: wrong })).rejects.toMatchObject({ code: 'request.invalid' });
      await expect(client.builds.list({ cursor: wrong })).rejects.toMatchObject({ code: 'request.invalid' });
    }
  });

  it('refuses an impossible definition with every reason, and stores nothing', async () => {
    const { client } = await start();
    const impossible = { ...definition, init: 'nosuch', kernel: { config: { options: { CONFIG_EXT4_FS: 'n' } } } };
    const refused = client.distributions.create({ definition: impossible });
    await expect(refused).rejects.toMatchObject({ code: 'definition.impossible' });
    expect((await client.distributions.list()).items).toEqual([]);
  });

  it('uses components that were added, and leaves the definition impossible without them', async () => {
    const { client } = await start();
    const uses = { ...definition, security: 'mine' };
    await expect(client.distributions.validate({ definition: uses })).rejects.toMatchObject({
      code: 'definition.impossible',
    });
    await client.components.create({ kind: 'security', name: 'mine', title: 'Mine', summary: 'Nothing much.' });
    const plan = await client.distributions.validate({ definition: uses });
    expect(plan.components.map(({ kind, name }) => `${kind}/${name}`)).toContain('security/mine');
  });

  it('shares a data folder with another one', async () => {
    const first = await start();
    const second = await start();
    const { id } = await first.client.distributions.create({ definition });
    expect((await second.client.distributions.get(id)).name).toBe('gw');
    expect((await notice()).url).toBe(second.server.url);
    await first.server.stop();
    expect((await notice()).url).toBe(second.server.url);
    await second.client.health();
  });

  it('asks for its token, which stays the same, and is for the owner of the folder alone', async () => {
    const first = await start();
    const stranger = createClient(first.server.url);
    await stranger.health();
    await expect(stranger.builds.list()).rejects.toMatchObject({ code: 'auth.required' });
    expect((await first.client.builds.list()).items).toEqual([]);
    expect(await notice()).toMatchObject({ token: first.server.token });
    expect(first.server.signInLink()).toMatch(new RegExp(`^${first.server.url}/#code=[\\w-]{43}$`));
    expect((await stat(join(dataDir, 'server.json'))).mode & 0o777).toBe(0o600);
    await first.server.stop();
    expect((await start()).server.token).toBe(first.server.token);
  });

  it('stops with sockets open that asked for other protocols', async () => {
    const { server } = await start();
    const { port } = new URL(server.url);
    for (const protocol of ['h2c', 'websocket', 'tea']) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
      await once(socket, 'data');
    }
    const began = performance.now();
    await server.stop();
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  it('tells when its port is taken', async () => {
    const { server } = await start();
    await expect(start({ LDF_PORT: new URL(server.url).port })).rejects.toMatchObject({ code: 'usage' });
    expect((await notice()).url).toBe(server.url);
  });

  it('answers under no name but its own', async () => {
    const { server } = await start();
    const { port } = new URL(server.url);
    const status = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/v1/builds', headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});

describe('with Docker', () => {
  it('tells about it, and that the stage images are not there yet', async () => {
    const { client } = await start();
    const system = await client.system();
    expect(system.docker).toMatchObject({ reachable: true, cpus: expect.any(Number), architecture: 'x86_64' });
    expect(system.disk.freeBytes).toBeGreaterThan(0);
    expect((await client.stageImages.list()).map(({ state }) => state)).toEqual([
      ...usualImages.map(() => 'missing'),
      ...imagesOnDemand.map(() => 'unused'),
    ]);
    expect(system.problems.filter(({ hint }) => hint.includes('ldf images build'))).toHaveLength(4);
    const { id } = await client.distributions.create({ definition });
    await expect(client.distributions.build(id)).rejects.toMatchObject({ code: 'images.missing' });
    expect((await client.builds.list()).items).toEqual([]);
  });
});

describe('without Docker', () => {
  const away = { LDF_DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

  it('answers all the same, says what is wrong, and refuses builds for the time being', async () => {
    const { client } = await start(away);
    await client.health();
    const system = await client.system();
    expect(system.docker).toEqual({
      reachable: false,
      version: null,
      cpus: null,
      memoryBytes: null,
      architecture: null,
      kvm: null,
    });
    expect(system.problems).toHaveLength(1);
    const { id } = await client.distributions.create({ definition });
    expect((await client.distributions.validate({ definition })).name).toBe('gw');
    for (const refused of [
      () => client.distributions.build(id),
      () => client.distributions.lock(id),
      () => client.stageImages.list(),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'docker.unavailable' });
  });
});
