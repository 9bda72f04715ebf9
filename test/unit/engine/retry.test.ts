import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildService } from '../../../src/engine/service.ts';
import { defaultScripts } from '../../../src/runtime/fake/fake-stage.ts';
import { stagePaths } from '../../../src/stages/contract.ts';
import type { StageName } from '../../../src/stages/names.ts';
import {
  ended,
  eventually,
  forever,
  Gate,
  journalOf,
  layersOnly,
  reaches,
  shown,
  states,
  usual,
  World,
} from './harness.ts';

let world: World;
let engine: BuildService;

beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
});
afterEach(() => world.close());

const slow = { timeout: 300_000 };

describe('a retry', slow, () => {
  async function failed(stage: StageName) {
    world.runtime.script(stage, async (container) => {
      container.log('before the failure');
      return container.fail({ code: 'some.failure' });
    });
    const build = await engine.create(await world.distribution(), usual);
    expect((await ended(engine, build)).state).toBe('failed');
    world.runtime.script(stage);
    world.runtime.started.length = 0;
    return build;
  }

  it('runs what failed and what comes after it, and keeps what is done', async () => {
    const build = await failed('package');
    await engine.retry(build.id);
    const done = await ended(engine, build);
    expect(done).toMatchObject({ state: 'succeeded', error: null });
    expect(world.startedStages()).toEqual(['package/2', 'boot/2']);
    expect(done.stages.map(({ name, state, attempt }) => `${name}:${state}/${attempt}`).join(' ')).toBe(
      'resolve:succeeded/1 download:succeeded/1 prepare:succeeded/1 compile:succeeded/1 base:succeeded/1 assemble:succeeded/1 package:succeeded/2 boot:succeeded/2',
    );
    expect(done.stages.find(({ name }) => name === 'package')?.reason).toBe('attempt 1 failed (some.failure)');
    const { entries } = await engine.read(build.id, { after: 0, limit: 1000, stage: 'package', attempt: 1 });
    expect(entries.flatMap(({ entry }) => (entry.type === 'log' ? entry.text : []))).toEqual(['before the failure']);
    const journal = await journalOf(engine, build);
    expect(journal.flatMap((entry) => (entry.type === 'build' || entry.type === 'end' ? entry.state : []))).toEqual([
      'queued',
      'running',
      'failed',
      'failed',
      'queued',
      'running',
      'succeeded',
      'succeeded',
    ]);
    await layersOnly(world);
  });

  it('continues with the lock it has after a failed download', async () => {
    const build = await failed('download');
    await engine.retry(build.id);
    expect((await ended(engine, build)).state).toBe('succeeded');
    expect(world.startedStages().filter((name) => name.startsWith('resolve'))).toEqual([]);
  });

  it('may name an earlier stage: that one and what depends on it run although they are cached', async () => {
    const build = await failed('boot');
    await engine.retry(build.id, 'compile');
    const done = await ended(engine, build);
    expect(done.state).toBe('succeeded');
    expect(world.startedStages()).toEqual(['compile/2', 'package/2', 'boot/2']);
    expect(done.stages.find(({ name }) => name === 'compile')?.reason).toContain('forced: a retry asked for it');
    await layersOnly(world);
  });

  const follows: [StageName, (keyof typeof defaultScripts)[]][] = [
    // The lock stays: to renew it is a request of its own.
    ['resolve', ['download', 'prepare', 'compile', 'base', 'assemble', 'package', 'boot']],
    ['download', ['download', 'prepare', 'compile', 'base', 'assemble', 'package', 'boot']],
    ['prepare', ['prepare', 'compile', 'package', 'boot']],
    ['compile', ['compile', 'package', 'boot']],
    ['base', ['base', 'assemble', 'package', 'boot']],
    ['assemble', ['assemble', 'package', 'boot']],
    ['package', ['package', 'boot']],
    ['boot', ['boot']],
  ];
  it.each(follows)('from %s runs what depends on it; the logs of all attempts stay readable', async (from, stages) => {
    for (const stage of stages) {
      const usually = defaultScripts[stage];
      world.runtime.script(stage, (container) => {
        container.log(`this is ${stage}`);
        return usually(container);
      });
    }
    const build = await engine.create(await world.distribution(), usual);
    await ended(engine, build);
    world.runtime.started.length = 0;
    await engine.retry(build.id, from);
    const done = await ended(engine, build);
    expect([done.state, done.error]).toEqual(['succeeded', null]);
    expect(world.startedStages().sort()).toEqual(stages.map((stage) => `${stage}/2`).sort());
    for (const stage of stages)
      for (const attempt of [1, 2]) {
        const { entries } = await engine.read(build.id, { after: 0, limit: 1000, stage, attempt });
        expect(entries.flatMap(({ entry }) => (entry.type === 'log' ? entry.text : []))).toContain(`this is ${stage}`);
      }
    await layersOnly(world);
  });

  it('from the stage whose layer was damaged repairs it: the layer gets the fresh bytes', async () => {
    world.runtime.script('package', async (stage) => {
      if (stage.read(`${stagePaths.in}/assemble`, 'rootfs.tar') === 'damaged')
        return stage.fail({ code: 'layer.damaged' }, 2);
      return defaultScripts.package(stage);
    });
    const build = await engine.create(await world.distribution(), usual);
    await ended(engine, build);
    const layer = (await world.store.listLayers()).find(({ stage }) => stage === 'assemble');
    world.runtime.volume(layer?.volume ?? '').files.set('rootfs.tar', Buffer.from('damaged'));
    await engine.retry(build.id, 'package');
    expect((await ended(engine, build)).error).toMatchObject({ code: 'layer.damaged', stage: 'package' });
    await engine.retry(build.id, 'assemble');
    const done = await ended(engine, build);
    expect([done.state, done.error]).toEqual(['succeeded', null]);
    await layersOnly(world);
  });

  it('that makes a layer anew leaves its old volume to a build that has found it already', async () => {
    const build = await engine.create(await world.distribution('first'), usual);
    await ended(engine, build);
    const gate = new Gate();
    world.runtime.script('assemble', async (stage) => {
      await gate.opened;
      return defaultScripts.assemble(stage);
    });
    const system = { hostname: 'another' };
    const slower = await engine.create(await world.distribution('second', { system }), usual);
    await eventually(async () => states(await shown(engine, slower))).toContain('compile:cached');
    await reaches(engine, slower, 'assemble', 'running');
    await engine.retry(build.id, 'compile');
    expect((await ended(engine, build)).state).toBe('succeeded');
    gate.open();
    const done = await ended(engine, slower);
    expect([done.state, done.error]).toEqual(['succeeded', null]);
    await engine.stop();
    await world.start();
    await layersOnly(world);
  });

  it('of a build that has succeeded must name a stage', async () => {
    const build = await engine.create(await world.distribution(), usual);
    await ended(engine, build);
    await expect(engine.retry(build.id)).rejects.toMatchObject({ code: 'state.conflict' });
    await engine.retry(build.id, 'boot');
    expect((await ended(engine, build)).stages.at(-1)).toMatchObject({ state: 'succeeded', attempt: 2 });
  });

  it('takes what another build made meanwhile, and plans for the images of today', async () => {
    const build = await failed('boot');
    const builder = { ...world.images['kernel-builder'], identity: 'newer' };
    world.images = { ...world.images, 'kernel-builder': builder };
    const other = await engine.create(await world.distribution('other'), usual);
    await ended(engine, other);
    world.runtime.started.length = 0;
    await engine.retry(build.id);
    const done = await ended(engine, build);
    expect(done.stages.map(({ name, state, attempt }) => `${name}:${state}/${attempt}`)).toEqual([
      'resolve:succeeded/1',
      'download:succeeded/1',
      'prepare:cached/2',
      'compile:cached/2',
      'base:succeeded/1',
      'assemble:succeeded/1',
      'package:succeeded/2',
      'boot:succeeded/2',
    ]);
  });

  it('is refused while the build has not ended, and for a stage it has not', async () => {
    await expect(engine.retry('nothing')).rejects.toMatchObject({ code: 'not-found' });
    world.runtime.script('resolve', forever);
    const build = await engine.create(await world.distribution(), { ...usual, boot: false });
    await reaches(engine, build, 'resolve', 'running');
    await expect(engine.retry(build.id)).rejects.toMatchObject({ code: 'state.conflict' });
    await engine.cancel(build.id);
    await ended(engine, build);
    await expect(engine.retry(build.id, 'boot')).rejects.toMatchObject({ code: 'state.conflict' });
  });
});
