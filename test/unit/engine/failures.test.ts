import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type engineConfig, limitsOf } from '../../../src/engine/core/config.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { LdfError } from '../../../src/errors.ts';
import { fakeImage, type StageScript } from '../../../src/runtime/fake/fake-stage.ts';
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
      'resolve:succeeded download:succeeded prepare:failed compile:skipped base:succeeded assemble:cancelled package:skipped boot:skipped',
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
    await layersOnly(world);
  });

  it.each([
    ['breaks down', async () => 3, 'stage.fault'],
    ['runs out of memory', async () => 'out-of-memory', 'stage.out-of-memory'],
  ] satisfies [string, StageScript, string][])('%s', async (_what, script, code) => {
    world.runtime.script('compile', script);
    const done = await ended(engine, await engine.create(await world.distribution(), usual));
    expect(done).toMatchObject({ state: 'failed', error: { code, stage: 'compile', hint: expect.any(String) } });
    await layersOnly(world);
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
    await layersOnly(world);
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

  it('asks only for the images that its plan runs in: a finished kernel needs no compiler', async () => {
    const { 'kernel-builder': _compiler, ...others } = world.images;
    const bare = await world.start({ images: { resolve: async () => others } });
    const build = await bare.create(await world.distribution('cloud', { kernel: { source: 'package-cloud' } }), usual);
    expect((await ended(bare, build)).state).toBe('succeeded');
    const compiled = await world.distribution('compiled');
    await expect(bare.create(compiled, usual).then((asked) => ended(bare, asked))).resolves.toMatchObject({
      state: 'failed',
      error: { code: 'images.missing' },
    });
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
    await layersOnly(world);
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
