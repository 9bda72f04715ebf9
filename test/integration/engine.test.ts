/** The engine on the real Docker Engine, with stage programs that do nothing but keep the contract. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attemptNames } from '../../src/engine/core/attempt-names.ts';
import type { EngineDependencies } from '../../src/engine/core/dependencies.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { DockerRuntime } from '../../src/runtime/docker/docker-runtime.ts';
import { labels } from '../../src/runtime/runtime.ts';
import { type DockerWorld, openDockerWorld } from '../fixtures/engine/docker-world.ts';
import { usualStages } from '../fixtures/usual-stages.ts';
import { ended, eventually, journalOf, reaches, states, usual } from '../unit/engine/harness.ts';
import { MortalProcess } from '../unit/engine/process.ts';

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
    expect([done.error, states(done)]).toEqual([null, usualStages.map((name) => `${name}:succeeded`).join(' ')]);
    const [raw] = done.artifacts.filter(({ format }) => format === 'raw');
    expect(await text(await dependencies.artifacts.read(raw?.sha256 ?? ''))).toMatch(
      /^image of [0-9a-f]{64}, of [0-9a-f]{64}$/,
    );
    const journal = await journalOf(engine, build);
    expect(journal.flatMap((entry) => (entry.type === 'log' && entry.stage === 'compile' ? entry.text : []))).toEqual(
      compiled,
    );

    const again = await ended(engine, await engine.create(gw, usual));
    expect(states(again)).toBe(usualStages.map((name) => `${name}:cached`).join(' '));
    await engine.stop();
    await world.layersOnly();
  });

  it('continues with the same container after its process was killed, without losing or repeating a line', async () => {
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
    expect(done.stages.map(({ attempt }) => attempt)).toEqual(usualStages.map(() => 1));
    const entries = await journalOf(second, build);
    expect(entries.flatMap((entry) => (entry.type === 'log' && entry.stage === 'compile' ? entry.text : []))).toEqual(
      compiled,
    );
    await second.stop();
    await world.layersOnly();
  });

  it('ends a container when its build is cancelled, and continues when that is retried', async () => {
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

  it('ends with what a full volume means, and the retry continues from there', async () => {
    const build = await createEngine(dependencies).create(await world.distribution('full'), usual);
    const owner = { build: build.id, stage: 'compile', attempt: 1 } as const;
    const { workVolume } = attemptNames(dependencies.installation, owner);
    await world.docker.createVolume({
      Name: workVolume,
      Driver: 'local',
      DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' },
      Labels: { [labels.installation]: dependencies.installation, [labels.role]: 'work' },
    });
    // The start would remove a volume that belongs to no attempt yet.
    const runtime = new DockerRuntime(world.docker, dependencies.installation);
    runtime.ownedVolumes = async () => [];
    const first = createEngine({ ...dependencies, runtime });
    await first.start();
    expect((await ended(first, build)).error).toMatchObject({ code: 'storage.full', stage: 'compile' });
    await first.stop();
    const engine = createEngine(dependencies);
    await engine.start();
    await engine.retry(build.id);
    const done = await ended(engine, build);
    expect([done.error, done.state]).toEqual([null, 'succeeded']);
    expect(done.stages.find(({ name }) => name === 'prepare')?.attempt).toBe(1);
    await engine.stop();
    await world.layersOnly();
  });

  it('removes layers and sources from Docker, but for what a build needs', async () => {
    const first = createEngine(dependencies);
    await first.start();
    const kept = await world.distribution('kept');
    await ended(first, await first.create(await world.distribution('spare'), usual));
    await ended(first, await first.create(kept, usual));
    await first.stop();
    const engine = createEngine(dependencies);
    const waiting = await engine.create(kept, usual);
    const before = await engine.disk();
    expect([before.cacheBytes, before.dockerFreeBytes]).toEqual([expect.any(Number), expect.any(Number)]);
    const outcome = await engine.collect({ dryRun: false, freeBytes: 2 ** 50 });
    expect(outcome.removed.filter(({ kind }) => kind === 'source').length).toBeGreaterThan(0);
    expect((await world.store.listLayers()).map(({ stage }) => stage).sort()).toEqual([
      ...['assemble', 'base', 'boot', 'compile', 'package', 'prepare'],
    ]);
    await world.layersOnly();
    const after = createEngine(dependencies);
    await after.start();
    expect(states(await ended(after, waiting))).toBe(usualStages.map((name) => `${name}:cached`).join(' '));
    await after.stop();
  });

  it('verifies a build in another place, and tells what differs', async () => {
    const engine = createEngine(dependencies);
    await engine.start();
    const sound = await engine.create(await world.distribution('sound'), { ...usual, boot: false });
    expect((await ended(engine, sound)).state).toBe('succeeded');
    const good = await engine.verify(sound.id);
    expect(await ended(engine, good)).toMatchObject({ state: 'succeeded', error: null });
    expect((await engine.get(sound.id))?.reproducible).toMatchObject({
      ...{ state: 'same', by: good.id, firstDifference: null },
      artifacts: [{ name: 'disk.raw', same: true }],
    });
    await world.layersOnly();

    const leaky = await engine.create(await world.distribution('leaky'), { ...usual, boot: false });
    expect((await ended(engine, leaky)).state).toBe('succeeded');
    const bad = await engine.verify(leaky.id);
    expect(await ended(engine, bad)).toMatchObject({ state: 'failed', error: { code: 'build.not-reproducible' } });
    expect((await engine.get(leaky.id))?.reproducible).toMatchObject({
      ...{ state: 'different', by: bad.id },
      artifacts: [{ name: 'disk.raw', same: false, firstDifferentByte: expect.any(Number) }],
      firstDifference: {
        ...{ stage: 'assemble', path: 'rootfs.tar', member: 'etc/hostname' },
        how: expect.stringContaining('contents differ'),
      },
    });
    await engine.stop();
    await world.layersOnly();
  });
});
