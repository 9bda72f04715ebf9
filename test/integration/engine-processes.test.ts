/** Servers that are killed as processes are, on the real Docker Engine: what they leave is resumed by the next. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PlacedEntry } from '../../src/client/client.ts';
import { installationId, makeDataFolder } from '../../src/data-folder.ts';
import type { EngineConfig } from '../../src/engine/core/config.ts';
import { DockerRuntime } from '../../src/runtime/docker/docker-runtime.ts';
import { openTestEngine, removeOwned, type TestEngine } from '../fixtures/docker-engine.ts';
import { makeStandIn } from '../fixtures/engine/image.ts';
import { type ServerProcess, startProcess } from '../fixtures/engine/processes.ts';
import { usualStages } from '../fixtures/usual-stages.ts';

/** A process that died is given up soon. */
const quick: Partial<EngineConfig> = { leaseMs: 3_000, pollMs: 100, engineRetryMs: 200 };
const options = { boot: true, noCache: false, priority: 0 };
const compiled = Array.from({ length: 300 }, (_, line) => `CC ${line + 1}`);

let docker: TestEngine;
let image: string;
let dataDir: string;
let installation: string;
const servers: ServerProcess[] = [];

beforeAll(async () => {
  docker = await openTestEngine();
  image = await makeStandIn(docker.docker, docker.base.id);
});
afterAll(async () => {
  await docker.docker.getImage(image).remove({ force: true });
});
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ldf-processes-'));
  await makeDataFolder(dataDir);
  installation = await installationId(dataDir);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.end('SIGTERM');
  await removeOwned(docker.docker, installation);
  await rm(dataDir, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startProcess({ dataDir, image, engine: quick, env });
  servers.push(server);
  return server;
}

async function create({ client }: ServerProcess, name: string, release = name): Promise<string> {
  const kernel = { config: { options: { CONFIG_LOCALVERSION: `-${release}` } } };
  const definition = { name, arch: 'x86_64', kernel, userland: { packages: [release] } };
  const { id } = await client.distributions.create({ definition });
  return (await client.distributions.build(id, options)).id;
}

/** Every event until the end, or until one that `until` waits for. */
async function follow({ client }: ServerProcess, id: string, until: (event: PlacedEntry) => boolean = () => false) {
  const events: PlacedEntry[] = [];
  for await (const event of client.builds.events(id)) {
    events.push(event);
    if (until(event)) break;
  }
  return events;
}

const saysLine =
  (text: string) =>
  ({ entry }: PlacedEntry) =>
    entry.type === 'log' && entry.stage === 'compile' && entry.text === text;
const compileLog = (events: readonly PlacedEntry[]) =>
  events.flatMap(({ entry }) => (entry.type === 'log' && entry.stage === 'compile' ? entry.text : []));
const told = (events: readonly PlacedEntry[]) =>
  events.flatMap(({ entry }) => (entry.type === 'stage' ? `${entry.stage}/${entry.attempt} ${entry.state}` : []));

async function layersOnly(): Promise<void> {
  const runtime = new DockerRuntime(docker.docker, installation);
  expect(await runtime.ownedContainers()).toEqual([]);
  expect((await runtime.ownedVolumes()).filter(({ role }) => role === 'work')).toEqual([]);
}

describe('a server that is killed', () => {
  it('in the middle of compile: the same container continues under the next one, and every line comes once', async () => {
    const first = await start();
    const id = await create(first, 'killed');
    await follow(first, id, saysLine('CC 30'));
    // Another stage may be at work beside it.
    const label = [`ldf.build=${id}`, 'ldf.stage=compile'];
    const [before] = await docker.docker.listContainers({ filters: { label } });
    await first.end('SIGKILL');
    const second = await start();
    // Followed from the start, across the death.
    const events = await follow(second, id);
    const build = await second.client.builds.get(id);
    expect([build.state, build.error]).toEqual(['succeeded', null]);
    expect(build.stages.map(({ attempt }) => attempt)).toEqual(usualStages.map(() => 1));
    expect(compileLog(events)).toEqual(compiled);
    expect(told(events).filter((line) => line === 'compile/1 running')).toHaveLength(1);
    expect(before?.Names[0]).toMatch(/-compile-1$/);
    await layersOnly();
  });

  it('is not missed by a client: it connects again and gets every event exactly once', async () => {
    const first = await start();
    const id = await create(first, 'followed');
    const port = new URL(first.url).port;
    const client = follow(first, id);
    await follow(first, id, saysLine('CC 50'));
    await first.end('SIGKILL');
    const second = await start({ LDF_PORT: port });
    const events = await client;
    const again = await follow(second, id);
    expect(events).toEqual(again);
    expect(compileLog(events)).toEqual(compiled);
    expect(events.at(-1)?.entry).toMatchObject({ type: 'end', state: 'succeeded' });
    for (const index of [0, 1, Math.floor(events.length / 2), events.length - 2]) {
      const rest: number[] = [];
      for await (const event of second.client.builds.events(id, { after: events[index]?.id ?? 0 })) rest.push(event.id);
      expect(rest).toEqual(events.slice(index + 1).map((event) => event.id));
    }
  });
});

describe('two servers on one data folder', () => {
  it('run every stage once, and one takes over what the other had when that is killed', async () => {
    const [first, second] = [await start(), await start()];
    const ids = [];
    // Two kernels for four builds: each is compiled for one of two builds that want it.
    for (let index = 0; index < 4; index++)
      ids.push(await create(index % 2 === 0 ? first : second, `shared${index}`, `kernel${index >> 1}`));
    await Promise.race(ids.map((id) => follow(second, id, saysLine('CC 30'))));
    await first.end('SIGKILL');
    const ran = new Map<string, string>();
    for (const id of ids) {
      const events = await follow(second, id);
      const build = await second.client.builds.get(id);
      expect([build.state, build.error]).toEqual(['succeeded', null]);
      expect(build.stages.map(({ attempt }) => attempt)).toEqual(usualStages.map(() => 1));
      expect(events.filter(({ entry }) => entry.type === 'end')).toHaveLength(1);
      expect(told(events)).toEqual([...new Set(told(events))]);
      for (const { name, key, state } of build.stages) {
        if (key === null || state !== 'succeeded') continue;
        expect([name, ran.get(key)]).toEqual([name, undefined]);
        ran.set(key, id);
      }
      const ownCompile = build.stages.some(({ name, state }) => name === 'compile' && state === 'succeeded');
      expect(compileLog(events)).toEqual(ownCompile ? compiled : []);
    }
    await layersOnly();
  });

  it('continue where one was stopped for longer than its lease, and did not notice', async () => {
    const [first, second] = [await start(), await start()];
    const id = await create(first, 'stopped');
    await follow(second, id, saysLine('CC 30'));
    process.kill(first.pid, 'SIGSTOP');
    // Written by the second, once the lease has run out.
    await follow(second, id, saysLine('CC 300'));
    process.kill(first.pid, 'SIGCONT');
    const events = await follow(second, id);
    const build = await second.client.builds.get(id);
    expect([build.state, build.error]).toEqual(['succeeded', null]);
    expect(build.stages.map(({ attempt }) => attempt)).toEqual(usualStages.map(() => 1));
    expect(told(events)).toEqual([...new Set(told(events))]);
    expect(compileLog(events)).toEqual(compiled);
    expect(await follow(first, id)).toEqual(events);
    await layersOnly();
  });
});
