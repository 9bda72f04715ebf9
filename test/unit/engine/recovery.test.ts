import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/engine/core/clock.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import {
  ended,
  eventually,
  Gate,
  journalOf,
  logOf,
  nothingLeft,
  reaches,
  shown,
  states,
  usual,
  World,
} from './harness.ts';
import { MortalProcess } from './process.ts';

let world: World;
const slow = { timeout: 300_000 };

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

describe('a process that dies', slow, () => {
  it('in the middle of a stage leaves it to its successor: the container continues, and every line comes once', async () => {
    const gate = new Gate();
    world.runtime.script('compile', async (stage) => {
      for (let line = 0; line < 50; line++) stage.log(`before ${line}`, { sameStamp: line % 3 === 0 });
      stage.phase('waiting');
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
    await eventually(async () => (await readFile(path, 'utf8')).includes('"phase":"waiting"')).toBe(true);
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
    expect((await journalOf(second, build)).filter(({ type }) => type === 'phase')).toMatchObject([
      { stage: 'compile', phase: 'waiting', item: null },
    ]);
    expect(world.startedStages().filter((name) => name.startsWith('compile'))).toEqual(['compile/1']);
    await nothingLeft(world);
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
    await nothingLeft(world);
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
    await nothingLeft(world);
  });

  it('too often fails the build', async () => {
    const build = await orphaned();
    world.runtime.vanish('compile');
    const engine = await world.start({ config: { ...world.dependencies.config, lostContainers: 0 } });
    expect(await ended(engine, build)).toMatchObject({
      state: 'failed',
      error: { code: 'stage.vanished', stage: 'compile' },
    });
    await nothingLeft(world);
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
    await nothingLeft(world);
  });
});
