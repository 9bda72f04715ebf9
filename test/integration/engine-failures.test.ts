/** Stages that fail on the real Docker Engine: each ends its build with the right words, and a retry continues from there. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { limitsOf, type StageRunLimits } from '../../src/engine/core/config.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { BuildService } from '../../src/engine/service.ts';
import type { Build } from '../../src/model/build.ts';
import type { DistributionRecord } from '../../src/store/distributions.ts';
import { type DockerWorld, openDockerWorld } from '../fixtures/engine/docker-world.ts';
import { makeStandIn, standInImages } from '../fixtures/engine/image.ts';
import { ended, journalOf, reaches, usual } from '../unit/engine/harness.ts';

const MiB = 2 ** 20;
let world: DockerWorld;
let engine: BuildService;
let builds = 0;
let failing: DistributionRecord;

beforeAll(async () => {
  world = await openDockerWorld();
  failing = await world.distribution('failing');
});
afterAll(() => world.close());

beforeEach(() => start());
afterEach(async () => {
  await world.behave({});
  await engine.stop();
});

/** An engine that allows compile no more than this. */
async function start(compile: Partial<StageRunLimits> = {}, images = world.dependencies.images): Promise<void> {
  const { config } = world.dependencies;
  const limits = { ...config.limits, compile: { ...limitsOf(config, 'compile'), ...compile } };
  engine = createEngine({ ...world.dependencies, images, config: { ...config, limits } });
  await engine.start();
}

/** A build that finds no stage done before. */
async function create() {
  return engine.create(await world.distribution(`failing${builds++}`), usual);
}

const attempts = ({ stages }: Build) => stages.map(({ name, attempt }) => `${name}/${attempt}`).join(' ');

/** Removes the cause of a failed compile and retries: that runs compile and the stages after it, and nothing else. */
async function fixAndRetry(build: { id: string }): Promise<void> {
  await world.behave({});
  await engine.retry(build.id);
  const done = await ended(engine, build);
  expect([done.state, done.error]).toEqual(['succeeded', null]);
  // base and assemble run beside compile: they were ended with it, or had their results.
  expect(attempts(done)).toMatch(
    /^resolve\/1 download\/1 prepare\/1 compile\/2 base\/[12] assemble\/[12] package\/2 boot\/2$/,
  );
  await world.layersOnly();
}

describe('a stage that fails', () => {
  it('on a bad package says so in its own words', async () => {
    await world.behave({ assemble: { does: 'bad-package' } });
    const build = await create();
    const error = { code: 'package.broken', message: 'Package nosuch cannot be unpacked.', stage: 'assemble' };
    expect(await ended(engine, build)).toMatchObject({ state: 'failed', error });
    await world.behave({});
    await engine.retry(build.id);
    const done = await ended(engine, build);
    expect(done.stages.find(({ name }) => name === 'assemble')).toMatchObject({ attempt: 2, state: 'succeeded' });
    expect(done.state).toBe('succeeded');
    await world.layersOnly();
  });

  const small = { memoryBytes: 96 * MiB };
  it.each([
    ['takes too much memory', 'eats-memory', small, 'stage.out-of-memory', 'LDF_STAGE_MEMORY_COMPILE'],
    ['has a tool that does', 'tool-eats-memory', small, 'stage.out-of-memory', 'LDF_STAGE_MEMORY_COMPILE'],
    ['starts too many processes', 'forks-forever', { pids: 32 }, 'stage.fault', 'log'],
    ['leaves no result', 'leaves-nothing', {}, 'stage.result-missing', 'log'],
    ['leaves half a result', 'leaves-half', {}, 'stage.result-invalid', 'ldf images build'],
    ["leaves another stage's result", 'leaves-another-result', {}, 'stage.result-invalid', 'ldf images build'],
    ['does not stop talking', 'never-stops-talking', { logBytes: MiB }, 'stage.log-limit', 'log'],
  ])('because it %s', async (_what, does, limits, code, hint) => {
    await engine.stop();
    await start(limits);
    await world.behave({ compile: { does } });
    // What comes before compile is done once for all of these.
    const build = await engine.create(failing, usual);
    const done = await ended(engine, build);
    expect(done).toMatchObject({ state: 'failed', error: { code, stage: 'compile' } });
    expect(done.error?.hint).toContain(hint);
    const log = (await journalOf(engine, build)).flatMap((entry) => (entry.type === 'log' ? entry.text : []));
    expect(Buffer.byteLength(log.join(''))).toBeLessThanOrEqual(MiB);
    await world.layersOnly();
  });

  it('because somebody killed it', async () => {
    await world.behave({ compile: { does: 'is-deaf' } });
    const build = await create();
    await says(build, 'deaf');
    const [container] = (await world.dependencies.runtime.ownedContainers()).filter(
      ({ owner }) => owner.stage === 'compile',
    );
    await world.docker.getContainer(container?.name ?? '').kill({ signal: 'SIGKILL' });
    const error = { code: 'stage.killed', message: expect.stringContaining('signal 9'), stage: 'compile' };
    expect(await ended(engine, build)).toMatchObject({ state: 'failed', error });
    await fixAndRetry(build);
  });

  it('because its image vanished after the build had begun', async () => {
    const packager = await makeStandIn(world.docker, world.base.id);
    const images = standInImages(world.image);
    const vanishing = { ...images, 'image-packager': { ...images['image-packager'], id: packager } };
    await engine.stop();
    await start({}, { resolve: async () => vanishing });
    const build = await create();
    await reaches(engine, build, 'compile', 'running');
    await world.docker.getImage(packager).remove({ force: true });
    const error = { code: 'images.missing', stage: 'package', hint: 'Run `ldf images build`.' };
    expect(await ended(engine, build)).toMatchObject({ state: 'failed', error });
    await engine.stop();
    // Made again, it is the same image under another id.
    await start();
    await engine.retry(build.id);
    const done = await ended(engine, build);
    expect(attempts(done)).toBe('resolve/1 download/1 prepare/1 compile/1 base/1 assemble/1 package/2 boot/2');
    expect(done.state).toBe('succeeded');
  });
});

describe('a stage that says', () => {
  it('one line of 10 MB, or what is no text, is shown what can be', async () => {
    await world.behave({ compile: { does: 'says-strange-lines' } });
    const build = await create();
    expect((await ended(engine, build)).state).toBe('succeeded');
    const [line = '', ...log] = await logOf(build);
    expect(line).toMatch(/^x{65536}… \(\d+ more bytes\)$/);
    expect(log[0]).toContain(' !"#$%&');
    expect(log[0]).toContain('\uFFFD');
    expect(log).toContain('end of bytes');
    expect(log.slice(-300)).toEqual(Array.from({ length: 300 }, (_, line) => `CC ${line + 1}`));
  });
});

describe('a cancellation', () => {
  it('ends within 15 seconds a container that does not listen, and a retry succeeds', async () => {
    await world.behave({ compile: { does: 'is-deaf' } });
    const build = await create();
    await says(build, 'deaf');
    const asked = performance.now();
    await engine.cancel(build.id);
    expect((await ended(engine, build)).state).toBe('cancelled');
    expect(performance.now() - asked).toBeLessThan(15_000);
    expect(await logOf(build)).toContain('not now');
    await fixAndRetry(build);
  });
});

async function logOf(build: { id: string }): Promise<string[]> {
  const entries = await journalOf(engine, build);
  return entries.flatMap((entry) => (entry.type === 'log' && entry.stage === 'compile' ? entry.text : []));
}

/** Resolves when compile has said so. */
async function says({ id }: { id: string }, text: string): Promise<void> {
  for await (const batch of engine.follow(id, 0, AbortSignal.timeout(300_000)))
    if (batch.some(({ entry }) => entry.type === 'log' && entry.text === text)) return;
  throw new Error(`compile never said ${text}`);
}
