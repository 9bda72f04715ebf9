/** A Docker Engine that goes away in the middle of a stage: builds end all the same, and the server says what is wrong. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/model/journal.ts';
import { DockerImages } from '../../src/runtime/docker/docker-images.ts';
import { openTestEngine } from '../fixtures/docker-engine.ts';
import { makeStandIn } from '../fixtures/engine/image.ts';
import { type ServerProcess, startProcess } from '../fixtures/engine/processes.ts';
import { OwnDockerd } from '../fixtures/own-dockerd.ts';
import { eventually } from '../unit/engine/harness.ts';

const compiled = Array.from({ length: 300 }, (_, line) => `CC ${line + 1}`);

let dockerd: OwnDockerd;
let image: string;
let dataDir: string;
let server: ServerProcess;

beforeAll(async () => {
  const shared = await openTestEngine();
  dockerd = await OwnDockerd.open();
  await new DockerImages(dockerd.docker).loadImages(
    await new DockerImages(shared.docker).saveImages([shared.base.tag]),
  );
  image = await makeStandIn(dockerd.docker, shared.base.tag);
});
afterAll(() => dockerd?.close());

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ldf-dockerd-data-'));
  const engine = { leaseMs: 3_000, pollMs: 100, engineRetryMs: 500 };
  server = await startProcess({ dataDir, image, engine, env: { LDF_DOCKER_HOST: dockerd.host } });
});
afterEach(async () => {
  await server?.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function create(): Promise<string> {
  const { id } = await server.client.distributions.create({ definition: { name: 'gw', arch: 'x86_64' } });
  return (await server.client.distributions.build(id, { boot: true, noCache: false, priority: 0 })).id;
}

/** The journal until the end, or until compile says something. */
async function follow(id: string, text?: string): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const { entry } of server.client.builds.events(id)) {
    entries.push(entry);
    if (text && entry.type === 'log' && entry.stage === 'compile' && entry.text === text) break;
  }
  return entries;
}

/** Waits until the server says this of what would keep builds from running. */
async function complains(what: RegExp): Promise<void> {
  const problems = async () => (await server.client.system()).problems.map(({ message }) => message).join('\n');
  await eventually(problems).toMatch(what);
}

/** The build ends well, with compile in one of these attempts; gives the log of that. */
async function endsWell(id: string, attempts: readonly number[]): Promise<string[]> {
  const journal = await follow(id);
  const build = await server.client.builds.get(id);
  expect([build.state, build.error]).toEqual(['succeeded', null]);
  const compile = build.stages.find(({ name }) => name === 'compile');
  expect(compile?.state).toBe('succeeded');
  expect(attempts).toContain(compile?.attempt);
  expect((await server.client.system()).docker.reachable).toBe(true);
  return journal.flatMap((entry) =>
    entry.type === 'log' && entry.stage === 'compile' && entry.attempt === compile?.attempt ? entry.text : [],
  );
}

describe('a Docker Engine', () => {
  async function goesDown(signal: 'SIGTERM' | 'SIGKILL'): Promise<string> {
    const id = await create();
    await follow(id, 'CC 30');
    await dockerd.end(signal);
    await complains(/Docker is not (running|installed or not running)/);
    expect(await server.client.builds.get(id)).toMatchObject({ state: 'running', error: null });
    await dockerd.start();
    return id;
  }

  it('that is stopped ends its containers: that is no failure, and the stage is run again', async () => {
    const id = await goesDown('SIGTERM');
    expect(await endsWell(id, [2])).toEqual(compiled);
  });

  it('that is killed leaves its containers alone until it comes back: the stage is taken up or run again', async () => {
    const id = await goesDown('SIGKILL');
    // What a container says while nobody listens is lost by Docker; what came is in order, and nothing comes twice.
    const log = await endsWell(id, [1, 2]);
    expect(log).toEqual(compiled.filter((line) => log.includes(line)));
    expect(log.length).toBeGreaterThanOrEqual(30);
  });

  it('that hangs holds a build up and fails none: the same attempt continues when it answers again', async () => {
    const id = await create();
    await follow(id, 'CC 30');
    dockerd.signal('SIGSTOP');
    try {
      await complains(/Docker hangs/);
      expect(await server.client.builds.get(id)).toMatchObject({ state: 'running', error: null });
    } finally {
      dockerd.signal('SIGCONT');
    }
    expect(await endsWell(id, [1])).toEqual(compiled);
  });
});
