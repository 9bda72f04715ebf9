/** What compile keeps: who begins with it, who may have what came of it, and what bounds it. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limitsOf } from '../../../src/engine/core/config.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { containerSpec } from '../../../src/engine/stage-runs/container-spec.ts';
import { defaultSurroundings } from '../../../src/engine/stage-runs/surroundings.ts';
import type { ContainerSpec } from '../../../src/runtime/runtime.ts';
import { straightNetwork } from '../../../src/stages/network.ts';
import type { DistributionRecord } from '../../../src/store/distributions.ts';
import { ended, eventually, states, testConfig, usual, World } from './harness.ts';

let world: World;
let engine: BuildService;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const slow = { timeout: 300_000 };

/** The same source, another configuration. */
const withOption = (value: string) => ({ kernel: { config: { options: { CONFIG_LOCALVERSION: value } } } });

async function change(distribution: DistributionRecord, value: string): Promise<DistributionRecord> {
  const definition = { ...distribution.definition, ...withOption(value) };
  return world.store.updateDistribution(distribution.id, { ...distribution, definition });
}

async function built(distribution: DistributionRecord, more: Partial<typeof usual> = {}) {
  const build = await ended(engine, await engine.create(distribution, { ...usual, boot: false, ...more }));
  expect([build.error, build.state]).toEqual([null, 'succeeded']);
  return build;
}

const compiles = (): ContainerSpec[] => world.runtime.started.filter(({ owner }) => owner.stage === 'compile');
const mountOf = (spec: ContainerSpec | undefined, target: string) =>
  spec?.mounts.find((mount) => mount.target === `${target}/kernel-trees`);

describe('what a stage keeps', slow, () => {
  beforeEach(async () => {
    engine = await world.start();
  });

  it('is what the next build of the distribution begins with, to read only', async () => {
    const gw = await world.distribution('gw', withOption('-one'));
    await built(gw);
    await built(await change(gw, '-two'));
    const [first, second] = compiles();
    expect(mountOf(first, '/ldf/cache')).toBeUndefined();
    const kept = mountOf(first, '/ldf/keep');
    expect(mountOf(second, '/ldf/cache')).toMatchObject({ volume: kept?.volume, readOnly: true });
    expect(mountOf(second, '/ldf/keep')?.volume).not.toBe(kept?.volume);
    expect((await world.store.listCaches()).map(({ volume }) => volume)).toEqual([
      mountOf(second, '/ldf/keep')?.volume,
    ]);
  });

  it('is never mounted for another distribution, and no volume is ever written to by two attempts', async () => {
    const [one, other] = [
      await world.distribution('one', withOption('-1')),
      await world.distribution('two', withOption('-2')),
    ];
    for (const value of ['-a', '-b', '-c']) {
      await built(await change(one, `${value}1`));
      await built(await change(other, `${value}2`));
    }
    const builds = new Map<string, string | null>();
    for (const { owner } of compiles())
      builds.set(owner.build, (await world.store.getBuild(owner.build))?.distributionId ?? null);
    const readers = new Map<string, Set<string | null | undefined>>();
    const writers = new Map<string, number>();
    for (const { owner, mounts } of compiles())
      for (const { volume, target, readOnly } of mounts) {
        if (!/^\/ldf\/(cache|keep)\//.test(target)) continue;
        readers.set(volume, (readers.get(volume) ?? new Set()).add(builds.get(owner.build)));
        if (!readOnly) writers.set(volume, (writers.get(volume) ?? 0) + 1);
      }
    expect(compiles()).toHaveLength(6);
    expect([...readers.values()].map(({ size }) => size)).toEqual([...readers.values()].map(() => 1));
    expect(Math.max(...writers.values())).toBe(1);
  });

  it('cannot put what a distribution did to its own kernels into those of another', async () => {
    world.runtime.script('compile', async (stage) => {
      const before = stage.has('/ldf/cache/kernel-trees') ? stage.read('/ldf/cache/kernel-trees', 'tree') : '';
      // A configuration can make make(1) run what it likes: this one leaves something in what is kept.
      stage.keep('kernel-trees', { tree: before || 'poison' });
      const data = { release: '6', image: 'bzImage', modules: null };
      return stage.succeed<'compile'>(data, { bzImage: `${stage.request.key}${before}` });
    });
    const bad = await world.distribution('bad', withOption('-bad'));
    await built(bad);
    // The very kernel that the other one is going to want.
    const warm = await built(await change(bad, '-wanted'));
    const good = await built(await world.distribution('good', withOption('-wanted')));
    expect(states(good)).toContain('compile:succeeded');
    const kernels = (await world.store.listLayers()).filter(({ stage }) => stage === 'compile');
    const bytes = kernels.map(({ volume }) => world.runtime.volume(volume).files.get('bzImage')?.toString() ?? '');
    expect(bytes.filter((text) => text.includes('poison'))).toHaveLength(1);
    const keyOf = (build: typeof good) => build.stages.find(({ name }) => name === 'compile')?.key;
    expect(keyOf(good)).toBe(keyOf(warm));
    const shared = kernels.find(({ key }) => key === keyOf(good));
    expect(
      world.runtime
        .volume(shared?.volume ?? '')
        .files.get('bzImage')
        ?.toString(),
    ).toBe(keyOf(good));
    // What was made of the poisoned kernel is the distribution's own, too.
    const packages = (await world.store.listLayers()).filter(({ stage }) => stage === 'package');
    expect(packages.map(({ key }) => key.split('/').length).sort()).toEqual([1, 1, 2]);
    // And it finds its own again.
    expect(states(await built(await change(bad, '-bad')))).toContain('compile:cached');
  });

  it('is shared as a kernel where it was built from nothing', async () => {
    await built(await world.distribution('one', withOption('-same')));
    expect(states(await built(await world.distribution('two', withOption('-same'))))).toContain('compile:cached');
  });

  it('serves no other source or stage image', async () => {
    const gw = await world.distribution('gw', withOption('-one'));
    await built(gw);
    world.images = {
      ...world.images,
      'kernel-builder': { ...world.images['kernel-builder'], identity: 'another' },
    };
    await built(await change(gw, '-two'));
    expect(mountOf(compiles()[1], '/ldf/cache')).toBeUndefined();
    expect(await world.store.listCaches()).toHaveLength(2);
  });

  it('is neither used nor kept by a build without caches, nor by a verification', async () => {
    const gw = await world.distribution('gw', withOption('-one'));
    const build = await built(gw);
    const [kept] = await world.store.listCaches();
    await built(gw, { noCache: true });
    await ended(engine, await engine.verify(build.id));
    expect(compiles().map((spec) => mountOf(spec, '/ldf/cache'))).toEqual([undefined, undefined, undefined]);
    expect((await world.store.listCaches()).map(({ volume }) => volume)).toEqual([kept?.volume]);
    expect([...world.runtime.volumes.keys()].filter((name) => name.includes('-keep-'))).toEqual([kept?.volume]);
  });

  it('is taken over from a failed attempt, but only when it is complete', async () => {
    let complete = false;
    world.runtime.script('compile', async (stage) => {
      if (complete) stage.keep('kernel-trees', { tree: 'half a kernel' });
      return stage.fail({ code: 'kernel.compile-failed' });
    });
    const gw = await world.distribution('gw', withOption('-one'));
    await ended(engine, await engine.create(gw, usual));
    expect(await world.store.listCaches()).toEqual([]);
    complete = true;
    await ended(engine, await engine.create(gw, usual));
    expect(await world.store.listCaches()).toHaveLength(1);
  });

  it('goes with its distribution', async () => {
    const gw = await world.distribution('gw', withOption('-one'));
    await built(gw);
    const [kept] = await world.store.listCaches();
    await world.store.deleteDistribution(gw.id);
    engine.distributionRemoved();
    await eventually(() => world.store.listCaches()).toEqual([]);
    await eventually(() => world.runtime.volumes.has(kept?.volume ?? '')).toBe(false);
  });

  it('is removed by garbage collection, and the kernel is then built from nothing', async () => {
    const gw = await world.distribution('gw', withOption('-one'));
    await built(gw);
    const { removed } = await engine.collect({ dryRun: false, freeBytes: 2 ** 50 });
    expect(removed.filter(({ kind }) => kind === 'cache').map(({ name }) => name)).toEqual([
      expect.stringMatching(/^kernel-trees of build /),
    ]);
    expect((await engine.disk()).cacheBytes).toBe(0);
    await built(await change(gw, '-two'));
    expect(mountOf(compiles()[1], '/ldf/cache')).toBeUndefined();
  });
});

it('is bounded over all distributions together: the least recently used goes', slow, async () => {
  engine = await world.start({ config: testConfig({ cacheLimitBytes: 200 }) });
  world.runtime.script('compile', async (stage) => {
    stage.keep('kernel-trees', { tree: 'x'.repeat(80) });
    return stage.succeed<'compile'>({ release: '6', image: 'bzImage', modules: null }, { bzImage: 'x' });
  });
  for (const name of ['one', 'two', 'three']) await built(await world.distribution(name, withOption(`-${name}`)));
  await eventually(async () => (await world.store.listCaches()).length).toBe(2);
  const [first] = compiles();
  const kept = (await world.store.listCaches()).map(({ volume }) => volume);
  expect(kept).not.toContain(mountOf(first, '/ldf/keep')?.volume);
  expect((await engine.disk()).cacheBytes).toBeLessThanOrEqual(200);
});

describe('a container', () => {
  const owner = { build: 'b', stage: 'download', attempt: 1 } as const;
  const network = { ...straightNetwork, httpProxy: 'http://user:secret@proxy.example.org:3128' };
  const input = {
    ...{ installation: 'test', image: 'i', layers: {}, surroundings: defaultSurroundings, network },
    limits: limitsOf(testConfig(), 'download'),
  };

  it('with a network is told how to reach it, in its scratch and nowhere else', () => {
    const request = { contract: 1, stage: 'download', arch: 'x86_64', key: null, params: { sources: [] } } as const;
    const { files } = containerSpec({ ...input, owner, request });
    expect(Object.keys(files).sort()).toEqual(['/ldf/out/request.json', '/ldf/work/network.json']);
    expect(files['/ldf/out/request.json']).not.toContain('secret');
    expect(files['/ldf/work/network.json']).toContain('secret');
  });

  it('without one is not', () => {
    const request = { contract: 1, stage: 'base', arch: 'x86_64', key: null, params: {} } as const;
    const { files } = containerSpec({ ...input, owner: { ...owner, stage: 'base' }, request });
    expect(Object.keys(files)).toEqual(['/ldf/out/request.json']);
  });
});
