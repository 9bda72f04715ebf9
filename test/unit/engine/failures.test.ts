import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type engineConfig, limitsOf } from '../../../src/engine/core/config.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { LdfError } from '../../../src/errors.ts';
import { defaultScripts, fakeImage, type StageScript } from '../../../src/runtime/fake/fake-stage.ts';
import { stagePaths } from '../../../src/stages/contract.ts';
import type { StageName } from '../../../src/stages/names.ts';
import { stageNames } from '../../../src/stages/registry.ts';
import { ended, eventually, Gate, journalOf, reaches, shown, states, usual, World } from './harness.ts';

let world: World;
let engine: BuildService;

beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
});
afterEach(() => world.close());

const slow = { timeout: 300_000 };

/** A stage that goes on until somebody ends it. */
const forever: StageScript = () => new Promise(() => undefined);

async function layersOnly(): Promise<void> {
  expect(world.leftovers()).toEqual((await world.store.listLayers()).map(({ volume }) => volume).sort());
}

describe('a stage that fails', slow, () => {
  it('ends the build with its own words; what ran is stopped, what was to come is skipped', async () => {
    const gate = new Gate();
    world.runtime.script('prepare', async (stage) => {
      await gate.opened;
      const detail = {
        pointer: '/kernel/config/options/CONFIG_X',
        message: 'needs CONFIG_Y',
        value: '"y"',
        hint: 'Add it.',
      };
      return stage.fail({
        code: 'kernel.option-not-held',
        message: 'CONFIG_X did not hold.',
        hint: 'Drop it.',
        details: [detail],
      });
    });
    world.runtime.script('assemble', forever);
    const build = await engine.create(await world.distribution(), usual);
    await reaches(engine, build, 'assemble', 'running');
    gate.open();
    const done = await ended(engine, build);
    expect(states(done)).toBe(
      'resolve:succeeded download:succeeded prepare:failed compile:skipped assemble:cancelled package:skipped boot:skipped',
    );
    const error = {
      code: 'kernel.option-not-held',
      message: 'CONFIG_X did not hold.',
      hint: 'Drop it.',
      stage: 'prepare',
      details: [
        { pointer: '/kernel/config/options/CONFIG_X', message: 'needs CONFIG_Y', value: '"y"', hint: 'Add it.' },
      ],
    };
    expect(done).toMatchObject({ state: 'failed', error, verdict: null, artifacts: [] });
    expect(done.stages.find(({ name }) => name === 'prepare')?.error).toEqual(error);
    await layersOnly();
  });

  it.each([
    ['breaks down', async () => 3, 'stage.fault'],
    ['runs out of memory', async () => 'out-of-memory', 'stage.out-of-memory'],
  ] satisfies [string, StageScript, string][])('%s', async (_what, script, code) => {
    world.runtime.script('compile', script);
    const done = await ended(engine, await engine.create(await world.distribution(), usual));
    expect(done).toMatchObject({ state: 'failed', error: { code, stage: 'compile', hint: expect.any(String) } });
    await layersOnly();
  });

  it('vanishes', async () => {
    world.runtime.script('compile', forever);
    const build = await engine.create(await world.distribution(), usual);
    await reaches(engine, build, 'compile', 'running');
    await eventually(() => world.startedStages()).toContain('compile/1');
    world.runtime.vanish('compile');
    expect(await ended(engine, build)).toMatchObject({
      state: 'failed',
      error: { code: 'stage.vanished', stage: 'compile' },
    });
    await layersOnly();
  });

  it('is not what it announced when its artifacts are fetched', async () => {
    world.runtime.script('package', async (stage) => {
      const artifacts = [{ path: 'gw.raw', ...fakeImage, format: 'raw' }];
      stage.succeed<'package'>({ artifacts, initramfs: false, diskBytes: 1 }, { 'gw.raw': 'announced' });
      stage.write('gw.raw', 'different');
      return 0;
    });
    const done = await ended(engine, await engine.create(await world.distribution(), usual));
    expect(done).toMatchObject({ state: 'failed', error: { code: 'stage.result-invalid', stage: 'package' } });
    expect(done.artifacts).toEqual([]);
  });

  it('announces an artifact that is none of its outputs', async () => {
    world.runtime.script('package', async (stage) =>
      stage.succeed<'package'>(
        { artifacts: [{ path: 'gw.raw', ...fakeImage, format: 'raw' }], initramfs: false, diskBytes: 1 },
        { other: 'x' },
      ),
    );
    const done = await ended(engine, await engine.create(await world.distribution(), usual));
    expect(done.error).toMatchObject({ code: 'stage.result-invalid', message: expect.stringContaining('gw.raw') });
  });

  it('cannot start because an image was taken away', async () => {
    const gate = new Gate();
    world.runtime.script('resolve', async (stage) => {
      await gate.opened;
      return stage.fail({ code: 'x' });
    });
    const build = await world.idle().create(await world.distribution(), usual);
    await engine.stop();
    const images = {
      resolve: async () => {
        throw new LdfError('images.missing', 'boot-tester is missing.', { hint: 'Run `ldf images build`.' });
      },
    };
    const bare = await world.start({ images });
    const done = await ended(bare, build);
    expect(done).toMatchObject({ state: 'failed', error: { code: 'images.missing', stage: null } });
    expect(done.stages.every(({ state }) => state === 'skipped')).toBe(true);
  });
});

describe('a stage that passes a limit', slow, () => {
  const limited = async (change: Partial<ReturnType<typeof engineConfig>['limits']['compile']>) => {
    await engine.stop();
    const { config } = world.dependencies;
    const limits = { ...config.limits, compile: { ...limitsOf(config, 'compile'), ...change } };
    return world.start({ config: { ...config, limits } });
  };
  const cases: [string, string, Parameters<typeof limited>[0], StageScript][] = [
    ['stage.timeout', 'LDF_STAGE_TIMEOUT_COMPILE', { timeoutMs: 100 }, forever],
    ['stage.silent', 'LDF_STAGE_SILENCE_COMPILE', { silenceMs: 100 }, forever],
    [
      'stage.log-limit',
      'LDF_STAGE_LOG_COMPILE',
      { logBytes: 1000 },
      async (stage) => {
        for (let line = 0; line < 200; line++) stage.log(`line ${String(line).padStart(4, '0')}`);
        return forever(stage);
      },
    ],
  ];
  it.each(cases)('ends with %s, whose hint names %s', async (code, variable, change, script) => {
    const strict = await limited(change);
    world.runtime.script('compile', script);
    const build = await strict.create(await world.distribution(), usual);
    const journal = await journalOf(strict, build);
    expect((await shown(strict, build)).error).toMatchObject({
      code,
      stage: 'compile',
      hint: expect.stringContaining(variable),
    });
    const lines = journal.filter((entry) => entry.type === 'log' && entry.stage === 'compile');
    expect(lines).toHaveLength(code === 'stage.log-limit' ? 13 : 0);
    await layersOnly();
  });
});

describe('what a stage has used', slow, () => {
  const usage = { cpuSeconds: 12.5, peakMemoryBytes: 2 ** 33, writtenBytes: null };

  it('is recorded, last report and all, and is no line of its log', async () => {
    world.runtime.script('compile', async (stage) => {
      for (let cpuSeconds = 0; cpuSeconds < 10; cpuSeconds++) stage.usage({ ...usage, cpuSeconds });
      stage.usage(usage);
      return stage.succeed<'compile'>({ release: '6', image: 'b', modules: null }, { b: 'b' });
    });
    const build = await engine.create(await world.distribution(), usual);
    const journal = await journalOf(engine, build);
    const { stages } = await shown(engine, build);
    expect(stages.find(({ name }) => name === 'compile')?.usage).toEqual(usage);
    expect(stages.find(({ name }) => name === 'boot')?.usage).toBeNull();
    expect(journal.filter((entry) => entry.type === 'log' && entry.stage === 'compile')).toEqual([]);
  });

  it('is known of one that is ended, and does not keep a silent one alive', async () => {
    await engine.stop();
    const { config } = world.dependencies;
    const limits = { ...config.limits, compile: { ...limitsOf(config, 'compile'), silenceMs: 300 } };
    const strict = await world.start({ config: { ...config, limits } });
    let timer: NodeJS.Timeout | undefined;
    world.runtime.script('compile', (stage) => {
      timer = setInterval(() => stage.usage(usage), 20);
      return forever(stage);
    });
    const build = await strict.create(await world.distribution(), usual);
    const done = await ended(strict, build);
    clearInterval(timer);
    expect(done.error).toMatchObject({ code: 'stage.silent' });
    expect(done.stages.find(({ name }) => name === 'compile')?.usage).toEqual(usage);
  });
});

it('is logged once, with its build, stage, attempt and code', slow, async () => {
  await engine.stop();
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(JSON.parse(line)) });
  const logged = await world.start({ logger });
  world.runtime.script('compile', async (stage) => stage.fail({ code: 'some.failure' }));
  const { id } = await logged.create(await world.distribution(), usual);
  await ended(logged, { id });
  const told = lines.filter(({ state }) => state !== undefined);
  expect(told).toContainEqual(expect.objectContaining({ build: id, stage: 'compile', attempt: 1, state: 'running' }));
  expect(told.filter(({ code }) => code !== undefined)).toEqual([
    expect.objectContaining({ build: id, stage: 'compile', attempt: 1, state: 'failed', code: 'some.failure' }),
    expect.objectContaining({ build: id, state: 'failed', code: 'some.failure' }),
  ]);
});

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
      'resolve:succeeded/1 download:succeeded/1 prepare:succeeded/1 compile:succeeded/1 assemble:succeeded/1 package:succeeded/2 boot:succeeded/2',
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
    await layersOnly();
  });

  it('goes on with the lock it has after a failed download', async () => {
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
    await layersOnly();
  });

  const follows: [StageName, (keyof typeof defaultScripts)[]][] = [
    // The lock stays: to renew it is a request of its own.
    ['resolve', ['download', 'prepare', 'compile', 'assemble', 'package', 'boot']],
    ['download', ['download', 'prepare', 'compile', 'assemble', 'package', 'boot']],
    ['prepare', ['prepare', 'compile', 'package', 'boot']],
    ['compile', ['compile', 'package', 'boot']],
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
    await layersOnly();
  });

  it('from the stage whose layer was damaged mends it: the layer gets the fresh bytes', async () => {
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
    await layersOnly();
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
    await layersOnly();
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

describe('a cancellation', slow, () => {
  it.each(stageNames.map((stage) => [stage]))('ends a build in %s, and a retry goes on from there', async (stage) => {
    world.runtime.script(stage, forever);
    const build = await engine.create(await world.distribution(), usual);
    await reaches(engine, build, stage, 'running');
    await engine.cancel(build.id);
    const done = await ended(engine, build);
    expect(done).toMatchObject({ state: 'cancelled', error: { code: 'build.cancelled', hint: expect.any(String) } });
    const order = done.stages.map(({ state }) => state);
    expect(new Set(order.slice(order.indexOf('cancelled')))).not.toContain('skipped');
    expect(done.stages.find(({ name }) => name === stage)?.state).toBe('cancelled');
    await layersOnly();
    world.runtime.script(stage);
    await engine.retry(build.id);
    expect((await ended(engine, build)).state).toBe('succeeded');
  });

  it('ends a build that waits at once, without anybody working', async () => {
    const idle = world.idle();
    await engine.stop();
    const build = await idle.create(await world.distribution(), usual);
    await idle.cancel(build.id);
    const done = await shown(idle, build);
    expect(done.state).toBe('cancelled');
    expect(done.stages.every(({ state }) => state === 'cancelled')).toBe(true);
    expect((await journalOf(idle, build)).at(-1)).toMatchObject({ type: 'end', state: 'cancelled' });
  });

  it('reaches a build that another process runs', async () => {
    world.runtime.script('compile', forever);
    const build = await engine.create(await world.distribution(), usual);
    await reaches(engine, build, 'compile', 'running');
    await world.idle().cancel(build.id);
    expect((await ended(engine, build)).state).toBe('cancelled');
  });

  it('is refused for a build that has ended or is not there', async () => {
    const build = await engine.create(await world.distribution(), usual);
    await ended(engine, build);
    await expect(engine.cancel(build.id)).rejects.toMatchObject({ code: 'state.conflict' });
    await expect(engine.cancel('nothing')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('frees a build that waits for what another one makes, and leaves that one alone', async () => {
    const gate = new Gate();
    world.runtime.script('prepare', async (stage) => {
      await gate.opened;
      return defaultScripts.prepare(stage);
    });
    const first = await engine.create(await world.distribution('a'), usual);
    await eventually(() => world.startedStages()).toContain('prepare/1');
    const second = await engine.create(await world.distribution('b'), usual);
    await eventually(async () => states(await shown(engine, second))).toMatch(/assemble:(cached|succeeded)/);
    await engine.cancel(second.id);
    expect((await ended(engine, second)).state).toBe('cancelled');
    gate.open();
    expect((await ended(engine, first)).state).toBe('succeeded');
  });

  it('that races with the end of the build has one clear result', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const gate = new Gate();
      world.runtime.script('boot', async (stage) => {
        await gate.opened;
        return defaultScripts.boot(stage);
      });
      const name = `gw${round}`;
      const distribution = await world.distribution(name, { userland: { packages: [name] } });
      const build = await engine.create(distribution, usual);
      await reaches(engine, build, 'boot', 'running');
      await eventually(() => world.startedStages()).toContain('boot/1');
      gate.open();
      // Later by one turn of the event loop each round.
      for (let turn = 0; turn < round; turn++) await new Promise((resolve) => setImmediate(resolve));
      const asked = await engine.cancel(build.id).then(
        () => 'taken',
        (error: unknown) => (error instanceof LdfError ? error.code : 'broken'),
      );
      const done = await ended(engine, build);
      outcomes.add(done.state);
      expect(['taken', 'state.conflict']).toContain(asked);
      if (asked === 'state.conflict') expect(done.state).toBe('succeeded');
      expect(['succeeded', 'cancelled']).toContain(done.state);
      expect(done.error?.code).toBe(done.state === 'cancelled' ? 'build.cancelled' : undefined);
      expect(done.stages.at(-1)?.state).toBe(done.state);
      const journal = await journalOf(engine, build);
      expect(journal.filter(({ type }) => type === 'end')).toHaveLength(1);
      expect(journal.at(-1)).toMatchObject({ type: 'end', state: done.state });
      await layersOnly();
      world.runtime.started.length = 0;
    }
    expect(outcomes).toContain('cancelled');
  });

  it('frees a build that waits for a place', async () => {
    await engine.stop();
    const narrow = await world.start({ config: { ...world.dependencies.config, heavyStages: 1 } });
    world.runtime.script('prepare', forever);
    world.runtime.script('assemble', forever);
    const first = await narrow.create(await world.distribution('a'), usual);
    await eventually(() => world.startedStages().filter((name) => /prepare|assemble/.test(name))).toHaveLength(1);
    const second = await narrow.create(await world.distribution('b'), usual);
    await eventually(async () => states(await shown(narrow, second))).toMatch(
      /download:(cached|succeeded) prepare:pending/,
    );
    await narrow.cancel(second.id);
    expect((await ended(narrow, second)).state).toBe('cancelled');
    await narrow.cancel(first.id);
    expect((await ended(narrow, first)).state).toBe('cancelled');
  });
});
