import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildService } from '../../../src/engine/service.ts';
import type { BuildRecord } from '../../../src/store/builds.ts';
import { usualStages } from '../../fixtures/usual-stages.ts';
import { ended, Gate, reaches, states, usual, World } from './harness.ts';

let world: World;
let engine: BuildService;

beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
});
afterEach(() => world.close());

const slow = { timeout: 300_000 };

describe('the cache', slow, () => {
  async function build(name: string, more: Record<string, unknown>, options = usual): Promise<BuildRecord> {
    const found = await world.store.findDistributionByName(name);
    const fields = {
      name,
      version: '1',
      arch: 'x86_64' as const,
      definition: { name, version: '1', arch: 'x86_64', ...more },
    };
    const distribution = found
      ? await world.store.updateDistribution(found.id, fields)
      : await world.store.createDistribution(fields);
    return engine.create(distribution, options);
  }

  it('serves a build in which nothing changed without a container', async () => {
    const first = await build('gw', {});
    const before = await ended(engine, first);
    world.runtime.started.length = 0;
    const done = await ended(engine, await build('gw', {}));
    expect(states(done)).toBe(usualStages.map((name) => `${name}:cached`).join(' '));
    expect(world.runtime.started).toEqual([]);
    expect(done.stages.map(({ reason }) => reason)).toEqual([
      'versions already pinned',
      'nothing to download',
      ...Array(6).fill(`reused from build ${first.id}`),
    ]);
    expect(done.verdict).toMatchObject({ bootable: true });
    expect(done.artifacts.map(({ name, sha256 }) => [name, sha256])).toEqual(
      before.artifacts.map(({ name, sha256 }) => [name, sha256]),
    );
    expect(done.stages.find(({ name }) => name === 'compile')?.estimateSeconds).toBeGreaterThan(0);
  });

  it('runs what a change concerns, and says what changed', async () => {
    await ended(engine, await build('gw', {}));
    const packages = await ended(engine, await build('gw', { userland: { packages: ['curl'] } }));
    const reasons = (shape: typeof packages) =>
      Object.fromEntries(shape.stages.map(({ name, reason }) => [name, reason]));
    expect(states(packages)).toBe(
      'resolve:succeeded download:succeeded prepare:cached compile:cached base:cached assemble:succeeded package:succeeded boot:succeeded',
    );
    expect(reasons(packages)).toMatchObject({
      resolve: 'not pinned yet: packages',
      download: expect.stringMatching(/^1 of \d+ files to download$/),
      assemble: expect.stringContaining('curl'),
      boot: 'input package changed',
    });
    const option = { userland: { packages: ['curl'] }, kernel: { config: { options: { CONFIG_E1000: 'm' } } } };
    const kernel = await ended(engine, await build('gw', option));
    expect(states(kernel)).toBe(
      'resolve:cached download:cached prepare:succeeded compile:succeeded base:cached assemble:cached package:succeeded boot:succeeded',
    );
    expect(reasons(kernel).prepare).toContain('CONFIG_E1000');
    expect(reasons(kernel).compile).toBe('input prepare changed');
  });

  it('completes a lock of before there were boot packages, says so, and says what is another than when it was made', async () => {
    const first = await build('gw', {});
    await ended(engine, first);
    const { lock, distributionId } = (await world.store.getBuild(first.id)) ?? {};
    if (!lock?.boot || !lock.made || !distributionId) throw new Error('the build has a whole lock');
    const { boot, made, ...old } = lock;
    await world.store.setLock(distributionId, old);
    const second = await ended(engine, await build('gw', {}));
    const [resolve] = second.stages;
    expect(resolve).toMatchObject({ state: 'succeeded', reason: 'not pinned yet: boot packages' });
    expect((await world.store.getBuild(second.id))?.lock).toEqual({ ...old, boot, made });
    const stageImages = { ...made.stageImages, 'image-packager': 'another' };
    await world.store.setLock(distributionId, { ...lock, made: { ...made, stageImages } });
    const third = await ended(engine, await build('gw', {}));
    expect(third).toMatchObject({ state: 'succeeded' });
    expect(third.stages[0]).toMatchObject({
      state: 'cached',
      reason: expect.stringMatching(/^versions already pinned; it was made with another stage image image-packager, /),
    });
  });

  it('keeps every difference with the attempt that it made run, and what it was compared with', async () => {
    const first = await build('gw', {});
    await ended(engine, first);
    const packages = ['curl', 'htop', 'jq', 'nano', 'vim'];
    const second = await build('gw', { userland: { packages } });
    await ended(engine, second);
    await engine.retry(second.id, 'package');
    await ended(engine, second);
    const attempts = await engine.attempts(second.id);
    expect(attempts.map(({ name, attempt, forced }) => `${name}/${attempt}${forced ? ' forced' : ''}`)).toEqual([
      ...['resolve/1', 'download/1', 'prepare/1', 'compile/1', 'base/1', 'assemble/1'],
      ...['package/1', 'package/2 forced', 'boot/1', 'boot/2 forced'],
    ]);
    const [assemble, packaged, again] = [5, 6, 7].map((index) => attempts[index]);
    expect(assemble?.reason).toMatch(/^packages\.curl: none→1\.0, .* and 2 more$/);
    expect(assemble?.compared).toEqual({
      build: first.id,
      attempt: 1,
      differences: packages.map((name) => ({ what: `packages.${name}`, before: null, after: '1.0' })),
    });
    expect(packaged?.compared?.differences.at(-1)).toEqual({
      what: 'input assemble',
      before: (await engine.attempts(first.id))[5]?.key,
      after: assemble?.key,
    });
    expect([again?.reason, again?.compared]).toEqual(['forced: a retry asked for it; the same bytes as before', null]);
    expect(attempts[2]).toMatchObject({ state: 'cached', compared: null });
  });

  it('serves other distributions, and shares their artifacts by content', async () => {
    await ended(engine, await build('gw', {}));
    const done = await ended(engine, await build('edge', {}));
    expect(states(done)).toContain('prepare:cached compile:cached');
    expect(done.stages.find(({ name }) => name === 'assemble')?.reason).toBe('no earlier result to reuse');
  });

  it('does not serve a layer whose volume is gone, nor sources', async () => {
    const { id } = await build('gw', {});
    await ended(engine, { id });
    world.runtime.volumes.delete(`ldf-test-${id}-assemble-1`);
    world.runtime.volumes.delete('ldf-test-sources');
    const done = await ended(engine, await build('gw', {}));
    expect(states(done)).toBe(
      'resolve:cached download:succeeded prepare:cached compile:cached base:cached assemble:succeeded package:cached boot:cached',
    );
    expect(done.stages.find(({ name }) => name === 'assemble')?.reason).toBe('its layer is gone');
  });

  it('runs a stage anew when its image is another one', async () => {
    await ended(engine, await build('gw', {}));
    const tester = { ...world.images['boot-tester'], identity: 'another' };
    world.images = { ...world.images, 'boot-tester': tester };
    const done = await ended(engine, await build('gw', {}));
    expect(states(done)).toContain('package:cached boot:succeeded');
    expect(done.stages.at(-1)?.reason).toBe('stage image boot-tester changed');
  });

  it('is not used by a build without it; its layers stay, taking over volumes of the same bytes', async () => {
    const first = await build('gw', {});
    await ended(engine, first);
    const second = await build('gw', {}, { ...usual, noCache: true });
    const done = await ended(engine, second);
    expect(states(done)).toBe(
      `resolve:cached ${usualStages
        .slice(1)
        .map((name) => `${name}:succeeded`)
        .join(' ')}`,
    );
    expect(done.stages.find(({ name }) => name === 'compile')?.reason).toBe(
      'forced: the build uses no cache; the same bytes as before',
    );
    const layers = await world.store.listLayers();
    expect(layers.map(({ volume }) => volume.includes(second.id))).toEqual(Array(6).fill(true));
    expect(world.leftovers()).toEqual(layers.map(({ volume }) => volume).sort());
  });

  it('keeps a layer when a forced run makes other bytes, and says which', async () => {
    const first = await build('gw', {});
    await ended(engine, first);
    world.runtime.script('compile', async (stage) =>
      stage.succeed<'compile'>({ release: '6', image: 'bzImage', modules: null }, { bzImage: 'other bytes' }),
    );
    const done = await ended(engine, await build('gw', {}, { ...usual, noCache: true }));
    expect(done.stages.find(({ name }) => name === 'compile')?.reason).toContain(
      `not the same as in build ${first.id}, whose layer is kept: bzImage`,
    );
    const layer = (await world.store.listLayers()).find(({ stage }) => stage === 'compile');
    expect(layer?.volume).toBe(`ldf-test-${first.id}-compile-1`);
    expect(world.leftovers()).toEqual((await world.store.listLayers()).map(({ volume }) => volume).sort());
  });

  it('makes the same thing once for two builds that want it at once', async () => {
    const gate = new Gate();
    world.runtime.script('assemble', async (stage) => {
      await gate.opened;
      return stage.succeed<'assemble'>({ rootfs: 'r', contentBytes: 1, files: 1 }, { r: 'r' });
    });
    const builds = [await build('gw', {}), await build('gw', {}), await build('gw', {})];
    await Promise.any(builds.map((one) => reaches(engine, one, 'assemble', 'running')));
    gate.open();
    const done = await Promise.all(builds.map((one) => ended(engine, one)));
    expect(done.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const count = (stage: string) => world.runtime.started.filter(({ owner }) => owner.stage === stage).length;
    expect(['prepare', 'compile', 'base', 'assemble', 'package', 'boot'].map(count)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});
