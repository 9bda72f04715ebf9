/** The engine on the real Docker Engine, with stage programs that do nothing but keep the contract. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineDependencies } from '../../src/engine/dependencies.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { stageNames } from '../../src/stages/names.ts';
import { type DockerWorld, openDockerWorld } from '../fixtures/engine/docker-world.ts';
import { ended, eventually, journalOf, reaches, states, usual } from '../unit/engine-harness.ts';
import { MortalProcess } from '../unit/engine-process.ts';

let world: DockerWorld;
let dependencies: EngineDependencies;

beforeAll(async () => {
  world = await openDockerWorld();
  dependencies = world.dependencies;
});
afterAll(() => world.close());

const compiled = Array.from({ length: 300 }, (_, line) => `CC ${line + 1}`);

describe('the engine on Docker', () => {
  it('builds, and builds again from its layers', async () => {
    const engine = createEngine(dependencies);
    await engine.start();
    const gw = await world.distribution('gw');
    const build = await engine.create(gw, usual);
    const done = await ended(engine, build);
    expect([done.error, states(done)]).toEqual([null, stageNames.map((name) => `${name}:succeeded`).join(' ')]);
    const [raw] = done.artifacts.filter(({ format }) => format === 'raw');
    expect(await text(await dependencies.artifacts.read(raw?.sha256 ?? ''))).toMatch(/^image of [0-9a-f]{64}$/);
    const journal = await journalOf(engine, build);
    expect(journal.flatMap((entry) => (entry.type === 'log' && entry.stage === 'compile' ? entry.text : []))).toEqual(
      compiled,
    );

    const again = await ended(engine, await engine.create(gw, usual));
    expect(states(again)).toBe(stageNames.map((name) => `${name}:cached`).join(' '));
    await engine.stop();
    await world.layersOnly();
  });

  it('goes on with the same container after its process was killed, without losing or repeating a line', async () => {
    const mortal = new MortalProcess(dependencies);
    const first = createEngine(mortal.dependencies);
    await first.start();
    const build = await first.create(await world.distribution('killed'), usual);
    const journal = join(world.dataDir, 'builds', build.id, 'journal.ndjson');
    await eventually(async () => (await readFile(journal, 'utf8')).includes('"CC 30"')).toBe(true);
    mortal.kill();
    await mortal.buried();
    const second = createEngine(dependencies);
    await second.start();
    const done = await ended(second, build);
    expect([done.error, done.state]).toEqual([null, 'succeeded']);
    expect(done.stages.map(({ attempt }) => attempt)).toEqual(stageNames.map(() => 1));
    const entries = await journalOf(second, build);
    expect(entries.flatMap((entry) => (entry.type === 'log' && entry.stage === 'compile' ? entry.text : []))).toEqual(
      compiled,
    );
    await second.stop();
    await world.layersOnly();
  });

  it('ends a container when its build is cancelled, and goes on when that is retried', async () => {
    const engine = createEngine(dependencies);
    await engine.start();
    const build = await engine.create(await world.distribution('cancelled'), usual);
    await reaches(engine, build, 'compile', 'running');
    await engine.cancel(build.id);
    const done = await ended(engine, build);
    expect(done).toMatchObject({ state: 'cancelled', error: { code: 'build.cancelled' } });
    await world.layersOnly();
    await engine.retry(build.id);
    expect((await ended(engine, build)).state).toBe('succeeded');
    await engine.stop();
    await world.layersOnly();
  });
});
