import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/engine/core/clock.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { defaultScripts } from '../../../src/runtime/fake/fake-stage.ts';
import { stageNames } from '../../../src/stages/registry.ts';
import { ended, eventually, Gate, journalOf, logOf, reaches, shown, states, usual, World } from './harness.ts';
import { MortalProcess } from './process.ts';

let world: World;
const slow = { timeout: 300_000 };

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function layersOnly(): Promise<void> {
  await eventually(() => world.leftovers()).toEqual(
    (await world.store.listLayers()).map(({ volume }) => volume).sort(),
  );
  expect(await world.strayFiles()).toEqual([]);
}

describe('a process that dies', slow, () => {
  it('in the middle of a stage leaves it to its successor: the container goes on, and every line comes once', async () => {
    const gate = new Gate();
    world.runtime.script('compile', async (stage) => {
      for (let line = 0; line < 50; line++) stage.log(`before ${line}`, { sameStamp: line % 3 === 0 });
      stage.progress(0.5);
      await gate.opened;
      for (let line = 0; line < 50; line++) stage.log(`after ${line}`);
      return stage.succeed<'compile'>({ release: '6', image: 'b', modules: null }, { b: 'b' });
    });
    const mortal = new MortalProcess(world.dependencies);
    const first = createEngine(mortal.dependencies);
    await first.start();
    const build = await first.create(await world.distribution(), usual);
    const path = join(world.dataDir, 'builds', build.id, 'journal.ndjson');
    await eventually(async () => (await readFile(path, 'utf8')).includes('before 49')).toBe(true);
    mortal.kill();
    await mortal.buried();
    await appendFile(path, '{"type":"log","at":"2026-01-01T00:00:0');

    const second = await world.start();
    gate.open();
    const done = await ended(second, build);
    expect(done.state).toBe('succeeded');
    expect(done.stages.every(({ attempt }) => attempt === 1)).toBe(true);
    const numbers = Array.from({ length: 50 }, (_, line) => line);
    expect(logOf(await journalOf(second, build), 'compile')).toEqual([
      ...numbers.map((line) => `before ${line}`),
      ...numbers.map((line) => `after ${line}`),
    ]);
    expect(world.startedStages().filter((name) => name.startsWith('compile'))).toEqual(['compile/1']);
    await layersOnly();
  });

  it('for longer than a stage may run does not make that stage too late', async () => {
    const gate = new Gate();
    world.runtime.script('compile', async (stage) => {
      await gate.opened;
      return stage.succeed<'compile'>({ release: '6', image: 'b', modules: null }, { b: 'b' });
    });
    const mortal = new MortalProcess(world.dependencies);
    const first = createEngine(mortal.dependencies);
    await first.start();
    const build = await first.create(await world.distribution(), usual);
    await eventually(() => world.startedStages()).toContain('compile/1');
    mortal.kill();
    await mortal.buried();
    gate.open();
    const container = [...world.runtime.containers.values()].find(({ spec }) => spec.owner.stage === 'compile');
    await eventually(() => container?.state.state).toBe('exited');
    const tomorrow = { ...systemClock, uptimeMs: () => systemClock.uptimeMs() + 24 * 3_600_000 };
    const second = await world.start({ clock: tomorrow });
    expect((await ended(second, build)).state).toBe('succeeded');
  });

  it('before any of its changes loses nothing: the build ends, each stage was started once, nothing is left', async () => {
    let point = 0;
    for (let killed = true; killed; ) {
      point += 1;
      const name = `gw${point}`;
      // Other names give other keys, so that no build finds what the one before made.
      const kernel = { config: { options: { CONFIG_LOCALVERSION: `-${name}` } } };
      const distribution = await world.distribution(name, { kernel, userland: { packages: [name] } });
      world.runtime.started.length = 0;
      const mortal = new MortalProcess(world.dependencies);
      const first = createEngine(mortal.dependencies);
      const build = await first.create(distribution, usual);
      mortal.killAtChange(point);
      await first.start();
      await Promise.race([mortal.buried(), ended(world.idle(), build)]);
      killed = mortal.dead;
      if (killed && point % 2 === 0) await tearJournal(build.id);
      if (!killed) await first.stop();

      const second = await world.start();
      const done = await ended(second, build);
      expect([point, done.state, done.error]).toEqual([point, 'succeeded', null]);
      expect([point, world.startedStages().map((started) => started.split('/')[0])]).toEqual([
        point,
        expect.arrayContaining([...stageNames]),
      ]);
      expect([point, world.runtime.started.length]).toEqual([point, stageNames.length]);
      expect([point, done.stages.map(({ attempt }) => attempt)]).toEqual([point, stageNames.map(() => 1)]);
      expect(done.verdict).toMatchObject({ bootable: true });
      expect(done.artifacts.map((artifact) => artifact.name)).toContain(`${name}-1.raw`);
      const journal = await journalOf(second, build);
      expect([point, logOf(journal, 'compile')]).toEqual([point, ['CC init/main.o']]);
      expect(journal.at(-1)).toMatchObject({ type: 'end', state: 'succeeded' });
      await layersOnly();
      await second.stop();
    }
    // Fewer would mean that the sweep no longer reaches every change.
    expect(point).toBeGreaterThan(40);
  });

  /** Other names give other keys, so that no build finds what the one before made. */
  function namesake(point: number) {
    const name = `gw${point}`;
    const kernel = { config: { options: { CONFIG_LOCALVERSION: `-${name}` } } };
    return world.distribution(name, { kernel, userland: { packages: [name] } });
  }

  it('before any of its changes while it cancels: the build ends cancelled, nothing is left, and a retry succeeds', async () => {
    let point = 0;
    for (let killed = true; killed; ) {
      point += 1;
      world.runtime.script('compile', () => new Promise(() => undefined));
      const mortal = new MortalProcess(world.dependencies);
      const first = createEngine(mortal.dependencies);
      await first.start();
      const build = await first.create(await namesake(point), usual);
      await eventually(() => world.startedStages()).toContain('compile/1');
      await eventually(async () => states(await shown(world.idle(), build))).toContain('assemble:succeeded');
      mortal.killAtChange(point);
      void first.cancel(build.id);
      await Promise.race([mortal.buried(), ended(world.idle(), build)]);
      killed = mortal.dead;
      if (!killed) await first.stop();

      world.runtime.script('compile');
      const second = await world.start();
      // Killed before it was written down, a cancellation has to be asked for again.
      if (killed && point === 1) await second.cancel(build.id);
      const done = await ended(second, build);
      expect([point, done.state, done.error?.code]).toEqual([point, 'cancelled', 'build.cancelled']);
      expect((await journalOf(second, build)).at(-1)).toMatchObject({ type: 'end', state: 'cancelled' });
      await layersOnly();
      await second.retry(build.id);
      expect([point, (await ended(second, build)).state]).toEqual([point, 'succeeded']);
      await layersOnly();
      await second.stop();
      world.runtime.started.length = 0;
    }
    expect(point).toBeGreaterThan(4);
  });

  it('before any of its changes while a stage fails: the build ends with that failure, and a retry succeeds', async () => {
    let point = 0;
    for (let killed = true; killed; ) {
      point += 1;
      const gate = new Gate();
      world.runtime.script('package', async (stage) => {
        await gate.opened;
        return stage.fail({ code: 'some.failure' });
      });
      const mortal = new MortalProcess(world.dependencies);
      const first = createEngine(mortal.dependencies);
      await first.start();
      const build = await first.create(await namesake(point), usual);
      await eventually(() => world.startedStages()).toContain('package/1');
      mortal.killAtChange(point);
      gate.open();
      await Promise.race([mortal.buried(), ended(world.idle(), build)]);
      killed = mortal.dead;
      if (!killed) await first.stop();

      const second = await world.start();
      const done = await ended(second, build);
      expect([point, done.state, done.error?.code]).toEqual([point, 'failed', 'some.failure']);
      const made = world.startedStages().filter((name) => name.startsWith('package'));
      expect([point, ...made]).toEqual([point, 'package/1']);
      await layersOnly();
      world.runtime.script('package');
      world.runtime.started.length = 0;
      await second.retry(build.id);
      expect([point, (await ended(second, build)).state]).toEqual([point, 'succeeded']);
      expect(world.runtime.started.map(({ owner }) => owner.stage)).toEqual(['package', 'boot']);
      await layersOnly();
      await second.stop();
      world.runtime.started.length = 0;
    }
    expect(point).toBeGreaterThan(3);
  });

  it('before any of its changes while it retries: asked again, the retry runs what failed and what follows, once', async () => {
    let point = 0;
    for (let killed = true; killed; ) {
      point += 1;
      world.runtime.script('package', async (stage) => stage.fail({ code: 'some.failure' }));
      const before = await world.start();
      const build = await before.create(await namesake(point), usual);
      await ended(before, build);
      await before.stop();
      world.runtime.script('package');
      world.runtime.started.length = 0;

      const mortal = new MortalProcess(world.dependencies);
      const first = createEngine(mortal.dependencies);
      await first.start();
      mortal.killAtChange(point);
      const retried = first.retry(build.id).then(() => ended(world.idle(), build));
      await Promise.race([mortal.buried(), retried]);
      killed = mortal.dead;
      if (!killed) await first.stop();

      const second = await world.start();
      if ((await shown(second, build)).state === 'failed') await second.retry(build.id);
      const done = await ended(second, build);
      expect([point, done.state, done.error]).toEqual([point, 'succeeded', null]);
      expect([point, world.startedStages()]).toEqual([point, ['package/2', 'boot/2']]);
      await layersOnly();
      await second.stop();
    }
    expect(point).toBeGreaterThan(8);
  });

  /** The last write did not come to its end. */
  async function tearJournal(buildId: string): Promise<void> {
    await appendFile(join(world.dataDir, 'builds', buildId, 'journal.ndjson'), '{"type":"stage","at":"2026-01-0');
  }

  it('while it cancels leaves the cancellation to its successor', async () => {
    const mortal = new MortalProcess(world.dependencies);
    const first = createEngine(mortal.dependencies);
    world.runtime.script('compile', () => new Promise(() => undefined));
    await first.start();
    const build = await first.create(await world.distribution(), usual);
    await reaches(world.idle(), build, 'compile', 'running');
    await eventually(() => world.startedStages()).toContain('compile/1');
    mortal.kill();
    await mortal.buried();
    await world.idle().cancel(build.id);
    expect((await shown(world.idle(), build)).state).toBe('running');
    const second = await world.start();
    const done = await ended(second, build);
    expect(done.state).toBe('cancelled');
    expect(states(done)).toContain('compile:cancelled');
    await layersOnly();
  });

  it('leaves containers and volumes that nobody owns: the next start removes them, and nothing else', async () => {
    const { runtime } = world;
    const owner = { build: 'gone', stage: 'compile', attempt: 1 } as const;
    await runtime.ensureVolume('ldf-test-gone-compile-1', 'layer', owner);
    await runtime.ensureVolume('ldf-test-gone-compile-1-work', 'work', owner);
    await runtime.ensureVolume('ldf-test-cache-of-an-earlier-version', 'cache');
    await runtime.ensureVolume('ldf-test-gone-compile-1-keep-kernel-trees', 'cache', owner);
    const kept = 'ldf-test-before-compile-1-keep-kernel-trees';
    await runtime.ensureVolume(kept, 'cache', { build: 'before', stage: 'compile', attempt: 1 });
    const { id: distributionId } = await world.distribution();
    await world.store.putCache({ distributionId, cache: 'kernel-trees', key: 'k', volume: kept, sizeBytes: 1 });
    await runtime.ensureVolume('ldf-test-sources', 'sources');
    await runtime.ensureVolume('ldf-test-kept-boot-1', 'layer', { build: 'kept', stage: 'boot', attempt: 1 });
    const result = { ok: true as const, outputs: [], data: {} };
    await world.store.addLayer({ key: 'k', stage: 'boot', volume: 'ldf-test-kept-boot-1', result, sizeBytes: 0 });
    runtime.script('compile', () => new Promise(() => undefined));
    const mounts = [{ volume: 'ldf-test-gone-compile-1', target: '/ldf/out', readOnly: false }];
    const limits = { memoryBytes: 1, pids: 1, cpus: 1, logBytes: 1, timeoutMs: 60_000 };
    const spec = {
      name: 'ldf-test-gone-compile-1',
      owner,
      image: 'i',
      mounts,
      hostname: 'ldf',
      network: false,
      capabilities: [],
      kvm: false,
      limits,
      files: {},
    };
    await runtime.start(spec);
    await world.start();
    expect([...runtime.containers.keys()]).toEqual([]);
    expect([...runtime.volumes.keys()].sort()).toEqual([kept, 'ldf-test-kept-boot-1', 'ldf-test-sources']);
  });
});

describe('a container that is lost while nobody watches', slow, () => {
  async function orphaned() {
    world.runtime.script('compile', (stage) => {
      stage.log('CC init/main.o');
      return new Promise(() => undefined);
    });
    const mortal = new MortalProcess(world.dependencies);
    const first = createEngine(mortal.dependencies);
    await first.start();
    const build = await first.create(await world.distribution(), usual);
    const said = async () => (await first.read(build.id, { stage: 'compile', after: 0, limit: 100 })).entries;
    await eventually(async () => (await said()).some(({ entry }) => entry.type === 'log')).toBe(true);
    mortal.kill();
    await mortal.buried();
    world.runtime.script('compile');
    return build;
  }

  it.each([
    ['because somebody removed it', () => world.runtime.vanish('compile')],
    [
      'because it ended with the container engine',
      () => {
        for (const [name, container] of world.runtime.containers) if (name.includes('compile')) container.kill();
      },
    ],
  ])('%s is made anew by another attempt', async (_why, lose) => {
    const build = await orphaned();
    lose();
    const engine = await world.start();
    const done = await ended(engine, build);
    expect(done.state).toBe('succeeded');
    expect(done.stages.find(({ name }) => name === 'compile')).toMatchObject({
      attempt: 2,
      reason: 'attempt 1 failed (stage.vanished)',
    });
    await layersOnly();
  });

  it('too often fails the build', async () => {
    const build = await orphaned();
    world.runtime.vanish('compile');
    const engine = await world.start({ config: { ...world.dependencies.config, lostContainers: 0 } });
    expect(await ended(engine, build)).toMatchObject({
      state: 'failed',
      error: { code: 'stage.vanished', stage: 'compile' },
    });
    await layersOnly();
  });
});

describe('a container engine that is away', slow, () => {
  it('holds builds up and fails none', async () => {
    const gate = new Gate();
    world.runtime.script('compile', async (stage) => {
      stage.log('begun');
      await gate.opened;
      return stage.succeed<'compile'>({ release: '6', image: 'b', modules: null }, { b: 'b' });
    });
    const engine = await world.start();
    const build = await engine.create(await world.distribution(), usual);
    await reaches(engine, build, 'compile', 'running');
    world.runtime.away = true;
    const waiting = await engine.create(await world.distribution('other'), usual);
    gate.open();
    await engine.stop();
    const second = await world.start();
    expect((await shown(second, build)).state).toBe('running');
    world.runtime.away = false;
    const done = await Promise.all([ended(second, build), ended(second, waiting)]);
    expect(done.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(world.startedStages().filter((name) => name.startsWith('compile'))).toEqual(['compile/1']);
  });
});

describe('stopping', slow, () => {
  it('lets go of what runs; the next start takes it up', async () => {
    const gate = new Gate();
    world.runtime.script('boot', async (stage) => {
      stage.log('one');
      await gate.opened;
      stage.log('two');
      return stage.succeed<'boot'>({ verdicts: [] });
    });
    const first = await world.start();
    const build = await first.create(await world.distribution(), usual);
    await reaches(first, build, 'boot', 'running');
    await eventually(() => world.startedStages()).toContain('boot/1');
    await first.stop();
    expect((await shown(first, build)).stages.at(-1)).toMatchObject({ state: 'running' });
    expect([...world.runtime.containers.values()].map(({ state }) => state.state)).toEqual(['running']);
    gate.open();
    const second = await world.start();
    expect((await ended(second, build)).state).toBe('succeeded');
    expect(logOf(await journalOf(second, build), 'boot')).toEqual(['one', 'two']);
    await layersOnly();
  });
});

describe('two processes', slow, () => {
  it('share the work: every build ends, and every stage is run once', async () => {
    // Neither loses a lease, however busy the machine is.
    const config = { ...world.dependencies.config, builds: 2, leaseMs: 600_000 };
    const engines = [await world.start({ config }), await world.start({ config })] as const;
    const builds = [];
    for (let index = 0; index < 6; index++) {
      const kernel = { config: { options: { CONFIG_LOCALVERSION: `-${index % 3}` } } };
      const distribution = await world.distribution(`gw${index}`, { kernel });
      builds.push(await engines[index % 2 === 0 ? 0 : 1].create(distribution, usual));
    }
    const done = await Promise.all(builds.map((build) => ended(engines[0], build)));
    expect(done.map(({ state }) => state)).toEqual(Array(6).fill('succeeded'));
    const compiled = world.startedStages().filter((name) => name.startsWith('compile'));
    expect(compiled).toHaveLength(3);
    for (const build of builds) {
      const journal = await journalOf(engines[1], build);
      expect(journal.filter((entry) => entry.type === 'end')).toHaveLength(1);
      const told = journal.flatMap((entry) => (entry.type === 'stage' ? `${entry.stage} ${entry.state}` : []));
      expect(new Set(told).size).toBe(told.length);
    }
    await layersOnly();
  });

  it('make nothing twice when one dies while the other is full of builds that wait for what it made', async () => {
    const config = { ...world.dependencies.config, builds: 1, leaseMs: 600 };
    const gate = new Gate();
    const usually = defaultScripts.compile;
    world.runtime.script('compile', async (stage) => {
      await gate.opened;
      return usually(stage);
    });
    const followed = vi.spyOn(world.runtime, 'logs');
    const mortal = new MortalProcess({ ...world.dependencies, config });
    const first = createEngine(mortal.dependencies);
    await first.start();
    const begun = await first.create(await world.distribution('first'), usual);
    await eventually(() => world.startedStages()).toContain('compile/1');
    const second = await world.start({ config });
    const waiting = await second.create(await world.distribution('second'), usual);
    await eventually(async () => states(await shown(second, waiting))).toContain('prepare:cached');
    mortal.kill();
    // It takes the dead one's build up while its own waits.
    const watched = () => followed.mock.calls.filter(([name]) => name.includes(`${begun.id}-compile`)).length;
    await eventually(watched).toBe(2);
    gate.open();
    const done = await Promise.all([ended(second, begun), ended(second, waiting)]);
    expect(done.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(world.startedStages().filter((name) => name.startsWith('compile'))).toEqual(['compile/1']);
    await layersOnly();
  });

  it('hand over a build when the lease of one runs out', async () => {
    world.runtime.script('prepare', () => new Promise(() => undefined));
    const mortal = new MortalProcess({ ...world.dependencies, config: { ...world.dependencies.config, leaseMs: 150 } });
    const first = createEngine(mortal.dependencies);
    await first.start();
    const second = await world.start({ config: { ...world.dependencies.config, leaseMs: 150 } });
    const build = await first.create(await world.distribution(), usual);
    await reaches(second, build, 'prepare', 'running');
    const owner = () => second.cancel(build.id);
    mortal.kill();
    await owner();
    expect((await ended(second, build)).state).toBe('cancelled');
    await layersOnly();
  });
});
