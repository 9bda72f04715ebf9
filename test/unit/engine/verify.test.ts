/** Verification on the fake runtime: stages that give the same again, and stages that do not. */

import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import * as tar from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/engine.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { fakeDocument, fakeImage } from '../../../src/runtime/fake/fake-stage.ts';
import type { BuildRecord } from '../../../src/store/builds.ts';
import { ended, eventually, Gate, reaches, shown, states, usual, World } from './harness.ts';
import { MortalProcess } from './process.ts';

let world: World;
const slow = { timeout: 300_000 };

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function built(engine: BuildService): Promise<BuildRecord> {
  const build = await engine.create(await world.distribution(), { ...usual, formats: ['raw', 'qcow2'] });
  expect((await ended(engine, build)).error).toBeNull();
  world.runtime.started.length = 0;
  return build;
}

/** The layers that there were before a verification, and nothing else, are there after it. */
async function expectOnly(layers: string[]): Promise<void> {
  await eventually(() => world.leftovers()).toEqual(layers);
  expect((await world.store.listLayers()).map(({ volume }) => volume).sort()).toEqual(layers);
}

const layerStages = ['prepare', 'compile', 'base', 'assemble', 'package'] as const;

describe('a verification', slow, () => {
  it('makes everything but the boot again, on its own layers and in other surroundings, and finds it the same', async () => {
    const engine = await world.start();
    const build = await built(engine);
    const layers = world.leftovers();
    const verification = await engine.verify(build.id);
    const done = await ended(engine, verification);
    expect(done).toMatchObject({ state: 'succeeded', error: null, verifies: build.id, reproducible: null });
    expect(states(done)).toBe(
      `resolve:cached download:succeeded ${layerStages.map((stage) => `${stage}:succeeded`).join(' ')}`,
    );
    const { reproducible, artifacts } = await shown(engine, build);
    expect(reproducible).toEqual({
      ...{ state: 'same', by: verification.id, at: expect.any(String), firstDifference: null },
      artifacts: ['SHA256SUMS', 'gw-1.qcow2', 'gw-1.raw'].map((name) => {
        const sha256 = artifacts.find((artifact) => artifact.name === name)?.sha256;
        return { name, sha256, again: sha256, same: true, firstDifferentByte: null };
      }),
    });
    expect(done.stages.find(({ name }) => name === 'compile')?.reason).toBe(
      `verification of build ${build.id}: rebuilt from scratch; the same bytes`,
    );
    for (const { hostname, limits } of world.runtime.started) expect([hostname, limits.cpus]).toEqual(['ldf-again', 1]);
    const compile = world.runtime.started.find(({ owner }) => owner.stage === 'compile');
    const own = (stage: string) => `ldf-test-${verification.id}-${stage}-1`;
    expect(compile?.mounts.map(({ volume }) => volume)).toEqual([
      ...[own('compile'), `${own('compile')}-work`, own('prepare'), `${own('compile')}-keep-kernel-trees`],
    ]);
    await expectOnly(layers);
    expect([...world.runtime.volumes.keys()].filter((name) => name.includes(verification.id))).toEqual([]);
  });

  it('is no build that others are compared with, nor the newest of its distribution', async () => {
    const engine = await world.start();
    const build = await built(engine);
    await ended(engine, await engine.verify(build.id));
    const { distributionId } = build;
    if (!distributionId) throw new Error('the build has a distribution');
    expect((await world.store.lastBuilds([distributionId])).get(distributionId)?.id).toBe(build.id);
    const next = 'zzzzzzzzzzzzzzzzzzzzzzzzzz';
    expect((await world.store.previousRun(distributionId, 'compile', next))?.buildId).toBe(build.id);
    expect(await world.store.stageHistory('compile', 10)).toHaveLength(1);
  });

  it('names the artifacts that differ, from which byte on, and the first stage and file that do', async () => {
    let compiled = 0;
    world.runtime.script('compile', async (stage) => {
      compiled += 1;
      return stage.succeed<'compile'>(
        { release: '6', image: 'bzImage', modules: null },
        { bzImage: `#${compiled} SMP` },
      );
    });
    world.runtime.script('package', async (stage) => {
      const artifacts = [
        { path: 'disk.raw', ...fakeImage, format: 'raw' },
        { path: 'SHA256SUMS', ...fakeDocument, format: 'checksums' },
      ];
      const raw = `boot sector ${stage.read('/ldf/in/compile', 'bzImage')}`;
      const files = { 'disk.raw': raw, SHA256SUMS: 'always the same' };
      return stage.succeed<'package'>({ artifacts, initramfs: false, diskBytes: 1 << 30 }, files);
    });
    const engine = await world.start();
    const build = await built(engine);
    const layers = world.leftovers();
    const verification = await engine.verify(build.id);
    const done = await ended(engine, verification);
    expect(done.state).toBe('failed');
    expect(done.error).toMatchObject({
      code: 'build.not-reproducible',
      message: `Not the same as in build ${build.id}: disk.raw. The first to differ is bzImage of stage compile (it differs from byte 1 on).`,
    });
    const { reproducible } = await shown(engine, build);
    expect(reproducible).toMatchObject({
      state: 'different',
      by: verification.id,
      firstDifference: { stage: 'compile', path: 'bzImage', member: null, how: 'it differs from byte 1 on' },
      artifacts: [
        { name: 'SHA256SUMS', same: true, firstDifferentByte: null },
        { name: 'disk.raw', same: false, again: sha256('boot sector #2 SMP'), firstDifferentByte: 13 },
      ],
    });
    expect(done.stages.find(({ name }) => name === 'compile')?.reason).toContain(
      `not the same as in build ${build.id}: bzImage`,
    );
    await expectOnly(layers);
  });

  it('records that it failed, and leaves nothing', async () => {
    const engine = await world.start();
    const build = await built(engine);
    const layers = world.leftovers();
    world.runtime.script('package', async (stage) => stage.fail({ code: 'package.x' }));
    const verification = await engine.verify(build.id);
    expect(await ended(engine, verification)).toMatchObject({ state: 'failed', error: { code: 'package.x' } });
    expect((await shown(engine, build)).reproducible).toMatchObject({ state: 'failed', artifacts: [] });
    await expectOnly(layers);
    await expect(engine.retry(verification.id)).rejects.toMatchObject({
      code: 'state.conflict',
      hint: `Verify build ${build.id} again.`,
    });
  });

  it('names the file of the root file system that differs, and what about it', async () => {
    const rootfs = async (motd: string, mtime: number) => {
      const archive = tar.pack();
      archive.entry({ name: 'etc/hostname', mtime: new Date(0) }, 'gw\n');
      archive.entry({ name: 'etc/motd', mtime: new Date(mtime) }, motd);
      archive.finalize();
      return text(archive);
    };
    let made = 0;
    world.runtime.script('assemble', async (stage) => {
      made += 1;
      const files = { 'rootfs.tar': await rootfs(`hello ${made}\n`, made * 1000) };
      return stage.succeed<'assemble'>({ rootfs: 'rootfs.tar', contentBytes: 1, files: 2 }, files);
    });
    const engine = await world.start();
    const build = await built(engine);
    const done = await ended(engine, await engine.verify(build.id));
    // The artifacts of the stand-in for package do not depend on it: they are the same all the same.
    expect(done.state).toBe('succeeded');
    expect((await shown(engine, build)).reproducible).toMatchObject({
      state: 'same',
      firstDifference: {
        ...{ stage: 'assemble', path: 'rootfs.tar', member: 'etc/motd' },
        how: 'contents differ, mtime 1970-01-01T00:00:01.000Z→1970-01-01T00:00:02.000Z',
      },
    });
  });

  it('that is cancelled says nothing of the build, and leaves nothing', async () => {
    const engine = await world.start();
    const build = await built(engine);
    const layers = world.leftovers();
    world.runtime.script('compile', () => new Promise(() => undefined));
    const verification = await engine.verify(build.id);
    await reaches(engine, verification, 'compile', 'running');
    await engine.cancel(verification.id);
    expect((await ended(engine, verification)).state).toBe('cancelled');
    expect((await shown(engine, build)).reproducible).toBeNull();
    await expectOnly(layers);
  });

  it('is refused for what cannot be made again as it was', async () => {
    const engine = await world.start();
    const build = await built(engine);
    const verification = await engine.verify(build.id);
    await ended(engine, verification);
    await expect(engine.verify(verification.id)).rejects.toMatchObject({ hint: `Verify build ${build.id}.` });
    await expect(engine.verify('nothing')).rejects.toMatchObject({ code: 'not-found' });
    const packager = { ...world.images['image-packager'], identity: 'another' };
    world.images = { ...world.images, 'image-packager': packager };
    await expect(engine.verify(build.id)).rejects.toMatchObject({
      code: 'state.conflict',
      message: `Build ${build.id} cannot be rebuilt exactly. Stage package: stage image image-packager changed.`,
    });
    // Its artifacts may become others: what was said of them holds no more.
    await engine.retry(build.id, 'boot');
    await ended(engine, build);
    expect((await shown(engine, build)).reproducible).toBeNull();
  });

  it('fails when its build is removed meanwhile', async () => {
    const engine = await world.start();
    const build = await built(engine);
    const gate = new Gate();
    world.runtime.script('compile', async (stage) => {
      await gate.opened;
      return stage.succeed<'compile'>({ release: '6', image: 'bzImage', modules: null }, { bzImage: 'x' });
    });
    const verification = await engine.verify(build.id);
    await reaches(engine, verification, 'compile', 'running');
    await engine.remove(build.id);
    gate.open();
    expect(await ended(engine, verification)).toMatchObject({ state: 'failed', error: { code: 'state.conflict' } });
  });

  it('continues after its process was killed before any of its changes, and leaves nothing', async () => {
    const engine = await world.start();
    const build = await built(engine);
    const layers = world.leftovers();
    await engine.stop();
    let point = 0;
    for (let killed = true; killed; point += 4) {
      world.runtime.started.length = 0;
      const mortal = new MortalProcess(world.dependencies);
      const first = createEngine(mortal.dependencies);
      const verification = await first.verify(build.id);
      mortal.killAtChange(point + 1);
      await first.start();
      await Promise.race([mortal.buried(), ended(world.idle(), verification)]);
      killed = mortal.dead;
      if (!killed) await first.stop();
      const second = await world.start();
      const done = await ended(second, verification);
      expect([point, done.state, done.error]).toEqual([point, 'succeeded', null]);
      expect([point, world.startedStages()]).toEqual([point, expect.arrayContaining(['compile/1', 'package/1'])]);
      expect([point, world.runtime.started.length]).toEqual([point, layerStages.length + 1]);
      expect((await shown(second, build)).reproducible).toMatchObject({ state: 'same', by: verification.id });
      await second.stop();
      await (await world.start()).stop();
      await expectOnly(layers);
    }
    expect(point).toBeGreaterThan(20);
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
