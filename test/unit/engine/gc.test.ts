/** The disk: what goes and what stays, room for builds, and builds that race with garbage collection. */

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineConfig } from '../../../src/engine/core/config.ts';
import { limitsOf } from '../../../src/engine/core/config.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import type { GcReport } from '../../../src/model/disk.ts';
import { ended, eventually, Gate, journalOf, reaches, shown, states, usual, World } from './harness.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const slow = { timeout: 300_000 };
const GiB = 2 ** 30;

async function built(engine: BuildService, name: string) {
  const distribution = await world.distribution(name, { userland: { packages: [name] } });
  const build = await ended(engine, await engine.create(distribution, usual));
  expect([build.error, build.state]).toEqual([null, 'succeeded']);
  return { distribution, build };
}

function configured(change: Partial<EngineConfig>) {
  return { config: { ...world.dependencies.config, ...change } };
}

/** The same artifact store, on a disk of a test's own. */
function onDisk(freeBytes: () => number, device = 'disk') {
  const { artifacts } = world.dependencies;
  return { artifacts: { ...artifacts, disk: async () => ({ device, freeBytes: freeBytes() }) } };
}

const everything = { dryRun: false, freeBytes: 2 ** 50 };
const kinds = ({ removed }: GcReport, kind: string) => removed.filter((one) => one.kind === kind);

describe('garbage collection', slow, () => {
  it('removes layers and sources that no build needs, least recently used first', async () => {
    const engine = await world.start();
    await built(engine, 'first');
    await built(engine, 'second');
    const before = await world.store.listLayers();
    const outcome = await engine.collect(everything);
    expect(kinds(outcome, 'layer')).toHaveLength(before.length);
    const order = outcome.removed.filter(({ kind }) => kind !== 'artifact').map(({ lastUsedAt }) => lastUsedAt);
    expect(order).toEqual([...order].sort());
    expect(await world.store.listLayers()).toEqual([]);
    expect(await world.store.listSources()).toEqual([]);
    expect(world.leftovers()).toEqual([]);
    expect(outcome.freedBytes).toBe(outcome.removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    // And all of it can be made again.
    await built(engine, 'third');
  });

  it('removes nothing when it only says what would go', async () => {
    const engine = await world.start();
    await built(engine, 'first');
    const before = [...(await world.store.listLayers()), ...(await world.store.listSources())];
    const said = await engine.collect({ ...everything, dryRun: true });
    expect([said.dryRun, said.removed.length > 0]).toEqual([true, true]);
    expect([...(await world.store.listLayers()), ...(await world.store.listSources())]).toEqual(before);
    expect(await engine.collect({ dryRun: false, freeBytes: 0 })).toMatchObject({ wantedBytes: 0, removed: [] });
    expect(await world.store.listLayers()).toHaveLength(6);
  });

  it('leaves what a queued build needs, from its lock', async () => {
    const engine = await world.start();
    const { distribution } = await built(engine, 'kept');
    await built(engine, 'other');
    await engine.stop();
    const idle = world.idle();
    const waiting = await idle.create(distribution, usual);
    const outcome = await idle.collect(everything);
    expect(outcome.kept).toContainEqual(
      expect.objectContaining({ kind: 'layer', count: 6, why: `build ${waiting.id}, which is queued, needs it` }),
    );
    const again = await ended(await world.start(), waiting);
    expect(states(again)).toMatch(/^(\w+:cached ?){8}$/);
  });

  it('leaves what a running build has made and found, whatever it is about to do with it', async () => {
    const engine = await world.start();
    const gate = new Gate();
    world.runtime.script('compile', async (stage) => {
      await gate.opened;
      return stage.succeed<'compile'>({ release: '6', image: 'bzImage', modules: null }, { bzImage: 'x' });
    });
    const build = await engine.create(await world.distribution(), usual);
    await reaches(engine, build, 'compile', 'running');
    await reaches(engine, build, 'assemble', 'succeeded');
    const outcome = await engine.collect(everything);
    expect(outcome.removed).toEqual([]);
    gate.open();
    expect((await ended(engine, build)).state).toBe('succeeded');
  });

  it('takes images of old builds last, says so in the build, and gives them back when it is retried', async () => {
    const engine = await world.start();
    const distribution = await world.distribution();
    const old = await ended(engine, await engine.create(distribution, usual));
    await world.store.updateDistribution(distribution.id, {
      ...distribution,
      definition: { ...distribution.definition, system: { hostname: 'other' } },
    });
    const changed = await world.store.getDistribution(distribution.id);
    const young = await ended(engine, await engine.create(changed ?? distribution, usual));
    const outcome = await engine.collect(everything);
    const images = old.artifacts.filter(({ format }) => format === 'raw');
    expect(kinds(outcome, 'artifact').map(({ name }) => name)).toEqual(
      images.map(({ name }) => `${name} of build ${old.id}`),
    );
    const after = await shown(engine, old);
    expect(after.artifacts.map(({ format, removedAt }) => [format, removedAt !== undefined])).toEqual(
      old.artifacts.map(({ format }) => [format, format === 'raw']),
    );
    expect((await shown(engine, young)).artifacts).toEqual(young.artifacts);
    await engine.retry(old.id, 'package');
    const again = await ended(engine, old);
    expect(again.artifacts.map(({ sha256, removedAt }) => [sha256, removedAt])).toEqual(
      old.artifacts.map(({ sha256 }) => [sha256, undefined]),
    );
    for (const { sha256 } of again.artifacts) await text(await world.dependencies.artifacts.read(sha256));
  });

  it('runs by itself when a build has ended and the budget is passed', async () => {
    const engine = await world.start(configured({ diskBudgetBytes: 1 }));
    await world.store.addLayer({
      key: 'k',
      stage: 'boot',
      volume: 'ldf-test-x-boot-1',
      result: { ok: true, outputs: [], data: {} },
      sizeBytes: 10,
    });
    await engine.stop();
    await world.start(configured({ diskBudgetBytes: 1 }));
    await eventually(() => world.store.listLayers()).toEqual([]);
  });

  it('takes up sources that it had marked when its process died', async () => {
    const engine = await world.start();
    const { distribution } = await built(engine, 'first');
    const sources = await world.store.listSources();
    await world.store.markSources(sources);
    expect(await world.store.listSources()).toEqual([]);
    // A build fetches them again: they count as gone, though the files are there.
    const again = await ended(engine, await engine.create(distribution, usual));
    expect(states(again)).toContain('download:succeeded');
    expect(await world.store.markedSources()).toEqual([]);
    expect(await world.store.listSources()).toHaveLength(sources.length);
  });

  it('removes journals and contents that belong to no build', async () => {
    const engine = await world.start();
    await built(engine, 'first');
    await engine.stop();
    const orphan = 'f'.repeat(64);
    await mkdir(join(world.dataDir, 'artifacts/sha256/ff'), { recursive: true });
    await writeFile(join(world.dataDir, 'artifacts/sha256/ff', orphan), 'x');
    await mkdir(join(world.dataDir, 'builds/gone'));
    await world.start();
    await eventually(() => world.dependencies.artifacts.contents()).not.toContain(orphan);
    expect(await readdir(join(world.dataDir, 'builds'))).not.toContain('gone');
    expect((await world.dependencies.artifacts.contents()).length).toBeGreaterThan(0);
  });
});

describe('a build that races with garbage collection', slow, () => {
  it('succeeds at whatever moment things go', async () => {
    const { store } = world.dependencies;
    let calls = 0;
    let collectAt = Number.POSITIVE_INFINITY;
    let collecting: Promise<unknown> | undefined;
    const collector = world.idle();
    // Between any two calls of the build to the database, all that can go goes.
    const raced = new Proxy(store, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          if (/^(useLayer|useSources|changeStageRun|addLayer|addSources|findLayers|addArtifacts)$/.test(String(name))) {
            calls += 1;
            if (calls === collectAt) collecting = collector.collect(everything);
            // Half of the time it is done first, else the two run side by side.
            if (calls === collectAt && collectAt % 2 === 0) await collecting;
          }
          return Reflect.apply(value, target, given);
        };
      },
    });
    const engine = await world.start({ store: raced });
    const { distribution } = await built(engine, 'raced');
    const round = calls;
    for (let at = 1; at <= round; at += 1) {
      // Every second build finds everything cached, or what is left of it.
      calls = 0;
      collectAt = at;
      const done = await ended(engine, await engine.create(distribution, usual));
      await collecting;
      expect([at, done.error, done.state]).toEqual([at, null, 'succeeded']);
    }
    expect(round).toBeGreaterThan(15);
  });
});

describe('what a build begins to use', slow, () => {
  it('stays, though a collection had chosen it before', async () => {
    const engine = await world.start();
    const { distribution } = await built(engine, 'chosen');
    const sources = await world.store.listSources();
    const chosen = new Gate();
    const gate = new Gate();
    const store = { ...world.store };
    const slowStore = new Proxy(store, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function' || !/^(dropLayer|markSources)$/.test(String(name))) return value;
        return async (...given: unknown[]) => {
          chosen.open();
          await gate.opened;
          return Reflect.apply(value, target, given);
        };
      },
    });
    const collecting = world.idle({ store: slowStore }).collect(everything);
    await chosen.opened;
    const again = await ended(engine, await engine.create(distribution, usual));
    expect(states(again)).toMatch(/^(\w+:cached ?){8}$/);
    gate.open();
    // What only saves time was not used again.
    expect((await collecting).removed.filter(({ kind }) => kind !== 'cache')).toEqual([]);
    expect(await world.store.listLayers()).toHaveLength(6);
    expect(await world.store.listSources()).toHaveLength(sources.length);
  });
});

describe('a build that does not fit', slow, () => {
  it('is refused at once with the figures, and taken when there is room', async () => {
    let freeBytes = GiB;
    const engine = await world.start({ ...configured({ diskReserveBytes: GiB / 2 }), ...onDisk(() => freeBytes) });
    world.runtime.space = { device: 'disk', freeBytes: GiB };
    const distribution = await world.distribution();
    const refused = engine.create(distribution, usual);
    await expect(refused).rejects.toMatchObject({
      code: 'storage.full',
      message: expect.stringMatching(
        /^The build needs about \d\.\d GiB \(.*prepare 1\.7 GiB.*\)\. Where the data folder is, 1\.0 GiB are free, of which 512\.0 MiB stay in reserve, so \d\.\d GiB are missing/,
      ),
      hint: expect.stringContaining('LDF_DISK_RESERVE'),
    });
    freeBytes = 20 * GiB;
    expect((await ended(engine, await engine.create(distribution, usual))).state).toBe('succeeded');
    // All of it is cached: it needs nothing.
    freeBytes = 0;
    const { id } = await engine.create(distribution, usual);
    await reaches(engine, { id }, 'boot', 'cached');
  });

  it('fails when its turn comes, if the room has gone meanwhile', async () => {
    const build = await world.idle().create(await world.distribution(), usual);
    const engine = await world.start({ ...configured({ diskReserveBytes: GiB }), ...onDisk(() => GiB, 'data') });
    world.runtime.space = { device: 'docker', freeBytes: 4.5 * GiB };
    const done = await ended(engine, build);
    expect(done).toMatchObject({ state: 'failed', error: { code: 'storage.full', stage: null } });
    expect(done.error?.message).toMatch(
      /Where Docker keeps its volumes, 4\.5 GiB are free, of which 1\.0 GiB stay in reserve, so \d+\.\d MiB are missing/,
    );
    expect(world.startedStages()).toEqual(['resolve/1']);
  });

  it('gets its room from what nobody needs', async () => {
    const first = await world.start();
    await built(first, 'old');
    await first.stop();
    const { layers, sources, artifacts } = await world.store.storedBytes();
    const big = { stage: 'prepare' as const, volume: 'v', result: { ok: true as const, outputs: [], data: {} } };
    await world.store.addLayer({ ...big, key: 'big', sizeBytes: 100 * GiB });
    const budget = layers + sources + artifacts + 60 * GiB;
    const engine = await world.start(configured({ diskBudgetBytes: budget }));
    await eventually(async () => (await world.store.storedBytes()).layers < GiB).toBe(true);
    await built(engine, 'new');
  });
});

describe('the watch over the disk', slow, () => {
  it('ends a stage before the disk is full, and the retry continues from there', async () => {
    let freeBytes = 100 * GiB;
    const engine = await world.start({
      ...configured({ diskReserveBytes: GiB, diskMinimumBytes: GiB / 4, diskPollMs: 10 }),
      ...onDisk(() => freeBytes),
    });
    world.runtime.script('compile', async () => {
      freeBytes = GiB / 8;
      return new Promise(() => undefined);
    });
    const build = await engine.create(await world.distribution(), usual);
    await journalOf(engine, build);
    const failed = await shown(engine, build);
    expect(failed.error).toMatchObject({ code: 'storage.full', stage: 'compile' });
    expect(failed.error?.message).toContain('128.0 MiB are free');
    expect(world.leftovers().every((name) => !name.includes('compile'))).toBe(true);
    freeBytes = 100 * GiB;
    world.runtime.script('compile');
    await engine.retry(build.id);
    expect(states(await ended(engine, build))).toContain('prepare:succeeded compile:succeeded');
  });

  it('holds a stage to its output limit', async () => {
    const { config } = world.dependencies;
    const strict = { ...config.limits, assemble: { ...limitsOf(config, 'assemble'), outputBytes: 10 } };
    const engine = await world.start(configured({ limits: strict }));
    const done = await ended(engine, await engine.create(await world.distribution(), usual));
    expect(done.error).toMatchObject({ code: 'stage.output-limit', stage: 'assemble' });
    expect(done.error?.message).toBe('Stage assemble wrote 64 B, and 10 B is the limit.');
  });
});
