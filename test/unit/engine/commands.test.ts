import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { LdfError } from '../../../src/errors.ts';
import { usualStages } from '../../fixtures/usual-stages.ts';
import { ended, eventually, reaches, shown, usual, World } from './harness.ts';

let world: World;
let engine: BuildService;
const slow = { timeout: 300_000 };
const definition = parseDefinition({ name: 'gw', arch: 'x86_64' });

beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
});
afterEach(() => world.close());

describe('resolving a lock outside a build', slow, () => {
  it('gives the lock and what moved, and leaves nothing behind', async () => {
    const first = await engine.lock(definition, undefined, false);
    expect(first.lock).toMatchObject({ version: 1, arch: 'x86_64', kernel: { version: '6.12.57' } });
    expect(first.changes.every(({ from }) => from === null)).toBe(true);
    expect(world.leftovers()).toEqual([]);
    expect(await engine.lock(definition, first.lock, false)).toEqual({ lock: first.lock, changes: [], notes: [] });
    expect(world.startedStages()).toEqual(['resolve/1']);
    expect(await engine.lock(definition, first.lock, true)).toEqual({ lock: first.lock, changes: [], notes: [] });
    expect(world.startedStages()).toEqual(['resolve/1', 'resolve/1']);
  });

  it('fails as the stage does', async () => {
    const details = [
      { pointer: '/userland/packages/0', message: 'there is no package crul', hint: 'Did you mean curl?' },
    ];
    world.runtime.script('resolve', async (stage) =>
      stage.fail({ code: 'package.unknown', message: 'A package is unknown.', hint: 'Correct it.', details }),
    );
    await expect(engine.lock(definition, undefined, false)).rejects.toMatchObject({
      code: 'stage.failed',
      subcode: 'package.unknown',
      message: 'A package is unknown.',
      hint: 'Correct it.',
      details,
    });
    expect(world.leftovers()).toEqual([]);
  });

  it('ends with the process, and is left alone by another one that starts', async () => {
    world.runtime.script('resolve', () => new Promise(() => undefined));
    const resolving = engine.lock(definition, undefined, false);
    await eventually(() => world.startedStages()).toEqual(['resolve/1']);
    await world.start();
    expect(world.leftovers()).toHaveLength(3);
    await Promise.all([engine.stop(), expect(resolving).rejects.toMatchObject({ code: 'server.unreachable' })]);
    expect(world.leftovers()).toEqual([]);
  });
});

describe('planning', slow, () => {
  it('shows what a definition comes to, with keys once there is a lock, and what is cached', async () => {
    const draft = await engine.plan(definition, { boot: true });
    expect(draft.stages.map(({ name, key }) => [name, key])).toEqual(usualStages.map((name) => [name, null]));
    expect(draft.stages.map(({ cached, estimateSeconds }) => [cached, estimateSeconds])).toEqual(
      usualStages.map((name) => [name === 'resolve' ? false : null, null]),
    );
    expect(draft.stages.map(({ reason }) => reason).slice(0, 2)).toEqual([
      'not pinned yet: kernel, packages, and boot packages',
      'depends on the versions found',
    ]);
    expect(draft.components).toContainEqual(expect.objectContaining({ kind: 'init', name: 'systemd' }));
    const build = await engine.create(await world.distribution('gw', { version: '0.1' }), usual);
    await ended(engine, build);
    const { lock } = (await world.store.getBuild(build.id)) ?? {};
    const plan = await engine.plan(definition, { boot: true, lock: lock ?? undefined });
    expect(plan.stages.map(({ cached }) => cached)).toEqual(usualStages.map(() => true));
    expect(plan.stages.map(({ reason }) => reason)).toEqual([
      'versions already pinned',
      'nothing to download',
      ...usualStages.slice(2).map(() => `reused from build ${build.id}`),
    ]);
    // Another engine reads the history afresh.
    const { stages } = await world.idle().plan(definition, { boot: true });
    for (const { estimateSeconds } of stages) expect(estimateSeconds).toBeGreaterThanOrEqual(0);
    const forced = await engine.plan(definition, { boot: true, lock: lock ?? undefined, noCache: true });
    expect(forced.stages.map(({ cached }) => cached)).toEqual(usualStages.map((name) => name === 'resolve'));
  });

  it('says why a stage would run, against the builds of its distribution', async () => {
    const distribution = await world.distribution('gw', { version: '0.1' });
    const build = await engine.create(distribution, usual);
    await ended(engine, build);
    const { lock } = (await world.store.getBuild(build.id)) ?? {};
    const edited = parseDefinition({
      ...{ name: 'gw', version: '0.1', arch: 'x86_64' },
      kernel: { config: { options: { CONFIG_E1000: 'm' } } },
    });
    const options = { boot: true, lock: lock ?? undefined, distributionId: distribution.id };
    const plan = await engine.plan(edited, options);
    expect(Object.fromEntries(plan.stages.map(({ name, reason }) => [name, reason]))).toMatchObject({
      prepare: 'kernel.config.options.CONFIG_E1000: none→m',
      compile: 'input prepare changed',
      assemble: `reused from build ${build.id}`,
      package: 'input compile changed',
    });
    // One more package: its part of the lock has to be resolved before anything is known of what it is in.
    const more = parseDefinition({
      ...{ name: 'gw', version: '0.1', arch: 'x86_64' },
      userland: { packages: ['curl'] },
    });
    const { stages } = await engine.plan(more, options);
    expect(stages.map(({ name, cached, reason }) => [name, cached, reason])).toEqual([
      ['resolve', false, 'not pinned yet: packages'],
      ['download', null, 'depends on the versions found'],
      ['prepare', true, `reused from build ${build.id}`],
      ['compile', true, `reused from build ${build.id}`],
      ['base', null, 'depends on the versions found'],
      ['assemble', null, 'depends on the versions found'],
      ['package', null, 'depends on the versions found'],
      ['boot', null, 'depends on the versions found'],
    ]);
  });

  it('keeps what a build was made of', async () => {
    const build = await engine.create(await world.distribution('gw', { version: '0.1' }), usual);
    await ended(engine, build);
    const inputs = await engine.inputs(build.id);
    expect(inputs?.definition).toMatchObject({ name: 'gw', image: { formats: ['raw'] } });
    expect(inputs?.lock?.kernel?.version).toBeTruthy();
    expect(inputs?.kernelOptions).toContainEqual({ symbol: 'CONFIG_EPOLL', value: 'y', from: 'init/systemd' });
    expect(await engine.inputs('01none')).toBeUndefined();
  });

  it('goes without images, and says what is impossible', async () => {
    const images = {
      resolve: async () => {
        throw new LdfError('images.missing', 'There are none.');
      },
    };
    const bare = world.idle({ images });
    expect((await bare.plan(definition, { boot: false })).stages.map(({ name }) => name)).not.toContain('boot');
    const impossible = parseDefinition({ name: 'gw', arch: 'x86_64', init: 'runit' });
    await expect(bare.plan(impossible, { boot: false })).rejects.toMatchObject({ code: 'definition.impossible' });
    await expect(bare.create(await world.distribution(), usual)).rejects.toMatchObject({ code: 'images.missing' });
  });
});

describe('removing a build', slow, () => {
  it('takes its journal, its runs and the contents that no other build shares', async () => {
    const distribution = await world.distribution();
    const first = await engine.create(distribution, usual);
    const artifacts = (await ended(engine, first)).artifacts;
    const second = await engine.create(distribution, usual);
    await ended(engine, second);
    const stored = async (sha256: string) => (await world.dependencies.artifacts.storedBytes(sha256)) !== undefined;
    const there = () => Promise.all(artifacts.map(({ sha256 }) => stored(sha256)));
    await engine.remove(first.id);
    expect(await engine.get(first.id)).toBeUndefined();
    await expect(access(join(world.dataDir, 'builds', first.id))).rejects.toThrow('ENOENT');
    expect(await there()).toEqual(artifacts.map(() => true));
    expect((await shown(engine, second)).artifacts).toHaveLength(artifacts.length);
    await engine.remove(second.id);
    expect(await there()).toEqual(artifacts.map(() => false));
    expect(await world.store.listLayers()).toHaveLength(6);
  });

  it('is refused while it has not ended', async () => {
    world.runtime.script('resolve', () => new Promise(() => undefined));
    const build = await engine.create(await world.distribution(), usual);
    await reaches(engine, build, 'resolve', 'running');
    await expect(engine.remove(build.id)).rejects.toMatchObject({ code: 'state.conflict' });
    await expect(engine.remove('nothing')).rejects.toMatchObject({ code: 'not-found' });
    await engine.cancel(build.id);
    await ended(engine, build);
    await engine.remove(build.id);
    expect(await engine.get(build.id)).toBeUndefined();
  });
});

describe('listing builds', slow, () => {
  it('goes page by page, newest first, and by state', async () => {
    await engine.stop();
    const idle = world.idle();
    const distribution = await world.distribution();
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.unshift((await idle.create(distribution, usual)).id);
    await idle.cancel(ids[1] ?? '');
    const first = await idle.list({ limit: 2 });
    const second = await idle.list({ limit: 2, cursor: first.nextCursor ?? undefined });
    const third = await idle.list({ limit: 2, cursor: second.nextCursor ?? undefined });
    expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids);
    expect(third.nextCursor).toBeNull();
    expect((await idle.list({ limit: 9, state: 'cancelled' })).items.map(({ id }) => id)).toEqual([ids[1]]);
    await expect(idle.list({ limit: 2, cursor: 'nonsense' })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('stopping', slow, () => {
  it('leaves stages that wait for a place pending', async () => {
    await engine.stop();
    const narrow = await world.start({ config: { ...world.dependencies.config, heavyStages: 1 } });
    world.runtime.script('prepare', () => new Promise(() => undefined));
    world.runtime.script('base', () => new Promise(() => undefined));
    const build = await narrow.create(await world.distribution(), usual);
    await eventually(() => world.startedStages()).toHaveLength(3);
    await narrow.stop();
    const { state, stages } = await shown(narrow, build);
    expect(state).toBe('running');
    expect(stages.map((stage) => stage.state).sort()).toEqual([
      'pending',
      'pending',
      'pending',
      'pending',
      'pending',
      'running',
      'succeeded',
      'succeeded',
    ]);
  });
});

describe('a machine that is booted by hand', slow, () => {
  it('leaves nothing when it cannot be started: no container, no volume, no lease, and its place is free', async () => {
    const { artifacts } = await ended(engine, await engine.create(await world.distribution(), usual));
    const image = artifacts.find(({ format }) => format === 'raw')?.id ?? '';
    const before = world.leftovers();
    const released = vi.spyOn(world.store, 'releaseLease');
    const starting = vi.spyOn(world.runtime, 'converse');
    for (let attempt = 0; attempt < 3; attempt++) {
      starting.mockRejectedValueOnce(new LdfError('docker.unavailable', 'Docker does not answer.'));
      await expect(engine.console(image, {})).rejects.toMatchObject({ code: 'docker.unavailable' });
    }
    expect(world.leftovers()).toEqual(before);
    const own = released.mock.calls.filter(([name]) => name.startsWith('build:outside-'));
    expect(own).toHaveLength(3);
    const stream = await engine.console(image, {});
    stream.destroy();
    await eventually(() => world.leftovers()).toEqual(before);
  });

  it('leaves nothing either when its connection breaks off', async () => {
    const { artifacts } = await ended(engine, await engine.create(await world.distribution(), usual));
    const image = artifacts.find(({ format }) => format === 'raw')?.id ?? '';
    const before = world.leftovers();
    const stream = await engine.console(image, {});
    stream.destroy(new Error('read ECONNRESET'));
    await eventually(() => world.leftovers()).toEqual(before);
  });
});
