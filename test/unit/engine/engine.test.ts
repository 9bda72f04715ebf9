import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildService } from '../../../src/engine/service.ts';
import { bootableOf } from '../../../src/runtime/fake/fake-stage.ts';
import { type BootVerdict, bootVerdictsFile } from '../../../src/stages/boot/contract.ts';
import { usualStages } from '../../fixtures/usual-stages.ts';
import { ended, Gate, journalOf, reaches, shown, states, usual, World } from './harness.ts';

let world: World;
let engine: BuildService;

beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
});
afterEach(() => world.close());

const slow = { timeout: 300_000 };

describe('a build', slow, () => {
  it('runs every stage, in order, and leaves artifacts that have booted', async () => {
    const build = await engine.create(await world.distribution(), usual);
    const done = await ended(engine, build);
    expect(done).toMatchObject({ state: 'succeeded', error: null, verdict: { bootable: true, seconds: 12.5 } });
    expect(states(done)).toBe(usualStages.map((name) => `${name}:succeeded`).join(' '));
    for (const stage of done.stages) expect(stage).toMatchObject({ attempt: 1, progress: 1 });
    const raw = done.artifacts.find(({ format }) => format === 'raw');
    const recorded = done.artifacts.find(({ format }) => format === 'console');
    const screen = done.artifacts.find(({ format }) => format === 'screen');
    expect(raw?.verdict?.screen).toBe(screen?.id);
    expect(screen?.name).toBe('gw-1.raw.screen.png');
    expect(raw).toMatchObject({ name: 'gw-1.raw', verdict: { bootable: true, seconds: 12.5, console: recorded?.id } });
    expect(recorded?.name).toBe('gw-1.raw.console.log');
    const content = await text(await world.dependencies.artifacts.read(raw?.sha256 ?? ''));
    expect(createHash('sha256').update(content).digest('hex')).toBe(raw?.sha256);
    expect(content).toHaveLength(raw?.sizeBytes ?? -1);
  });

  it('leaves nothing on the container engine but its layers, sources and caches', async () => {
    const { id } = await engine.create(await world.distribution(), usual);
    await ended(engine, { id });
    const layers = ['assemble', 'base', 'boot', 'compile', 'package', 'prepare'];
    expect(world.leftovers()).toEqual(layers.map((stage) => `ldf-test-${id}-${stage}-1`));
    expect([...world.runtime.volumes.keys()]).toEqual(
      expect.arrayContaining(['ldf-test-sources', `ldf-test-${id}-compile-1-keep-kernel-trees`]),
    );
  });

  it('gives each container what its stage needs, and no more', async () => {
    const { id } = await engine.create(await world.distribution(), usual);
    await ended(engine, { id });
    const spec = (stage: string) => world.runtime.started.find(({ owner }) => owner.stage === stage);
    expect(spec('compile')).toMatchObject({
      image: 'sha256:kernel-builder',
      network: false,
      capabilities: [],
      kvm: false,
      mounts: [
        { volume: `ldf-test-${id}-compile-1`, target: '/ldf/out', readOnly: false },
        { volume: `ldf-test-${id}-compile-1-work`, target: '/ldf/work', readOnly: false },
        { volume: `ldf-test-${id}-prepare-1`, target: '/ldf/in/prepare', readOnly: true },
        { volume: `ldf-test-${id}-compile-1-keep-kernel-trees`, target: '/ldf/keep/kernel-trees', readOnly: false },
      ],
    });
    const sources = (stage: string) => spec(stage)?.mounts.find(({ target }) => target === '/ldf/sources')?.readOnly;
    expect([sources('download'), sources('prepare'), sources('compile')]).toEqual([false, true, undefined]);
    expect(world.runtime.started.filter(({ network }) => network).map(({ owner }) => owner.stage)).toEqual([
      'resolve',
      'download',
    ]);
    expect(spec('assemble')?.capabilities).toContain('SYS_CHROOT');
    expect(spec('boot')?.kvm).toBe(true);
  });

  it('runs what is independent side by side, and joins it', async () => {
    const compiling = new Gate();
    world.runtime.script('prepare', async (stage) => {
      await compiling.opened;
      return stage.succeed<'prepare'>({
        release: '6',
        sourceSha256: '0'.repeat(64),
        builtIn: 1,
        modules: 0,
        notHeld: [],
      });
    });
    const build = await engine.create(await world.distribution(), usual);
    await reaches(engine, build, 'assemble', 'succeeded');
    expect(states(await shown(engine, build))).toContain(
      'prepare:running compile:pending base:succeeded assemble:succeeded package:pending',
    );
    compiling.open();
    expect((await ended(engine, build)).state).toBe('succeeded');
  });

  it('journals each state and line, and ends with the end', async () => {
    world.runtime.script('compile', async (stage) => {
      stage.log('first');
      stage.phase('compiling', 'drivers');
      stage.log('at the same instant', { sameStamp: true });
      stage.log('warning', { stream: 'stderr' });
      stage.log('long '.repeat(40_000));
      for (let step = 1; step <= 100; step++) stage.progress(step / 100, `step ${step}`);
      return stage.succeed<'compile'>({ release: '6', image: 'bzImage', modules: null }, { bzImage: 'x' });
    });
    const build = await engine.create(await world.distribution(), usual);
    const journal = await journalOf(engine, build);
    expect(journal.at(0)).toMatchObject({ type: 'build', state: 'queued' });
    expect(journal.at(-2)).toMatchObject({ type: 'build', state: 'succeeded' });
    expect(journal.at(-1)).toMatchObject({ type: 'end', state: 'succeeded' });
    const compile = journal.filter((entry) => 'stage' in entry && entry.stage === 'compile');
    expect(compile.flatMap((entry) => (entry.type === 'stage' ? entry.state : []))).toEqual([
      'pending',
      'running',
      'succeeded',
    ]);
    const lines = compile.flatMap((entry) => (entry.type === 'log' ? entry : []));
    expect(lines.map(({ text, stream }) => `${stream} ${text.slice(0, 20)}`)).toEqual([
      'stdout first',
      'stdout at the same instant',
      'stderr warning',
      'stdout long long long long ',
    ]);
    expect(lines.at(3)?.text).toMatch(/^(long )+(l|lo|lon|long)?… \(134464 more bytes\)$/);
    expect(compile.slice(2, 5)).toMatchObject([
      { type: 'log', text: 'first' },
      { type: 'phase', phase: 'compiling', item: 'drivers', attempt: 1 },
      { type: 'log', text: 'at the same instant' },
    ]);
    const progress = compile.flatMap((entry) => (entry.type === 'progress' ? entry.note : []));
    expect(progress.length).toBeLessThan(100);
    expect(progress.at(-1)).toBe('step 100');
  });

  it('waits when there are enough others, in order of priority, and knows its place', async () => {
    await engine.stop();
    const config = { ...world.dependencies.config, builds: 1 };
    const narrow = await world.start({ config });
    const gate = new Gate();
    world.runtime.script('resolve', async (stage) => {
      await gate.opened;
      return stage.fail({ code: 'x' });
    });
    const create = async (name: string, priority: number) =>
      narrow.create(await world.distribution(name), { ...usual, priority });
    const first = await create('a', 0);
    await reaches(narrow, first, 'resolve', 'running');
    const [low, high, same] = [await create('b', 0), await create('c', 5), await create('d', 0)];
    const slots = async () =>
      Promise.all([first, low, high, same].map(async (b) => (await shown(narrow, b)).queuePosition));
    expect(await slots()).toEqual([null, 2, 1, 3]);
    gate.open();
    const builds = await Promise.all([high, low, same].map((build) => ended(narrow, build)));
    const begun = builds.map(({ startedAt }) => startedAt ?? '');
    expect(begun).toEqual([...begun].sort());
  });

  it('is refused when the queue is full, and is made once for one idempotency key', async () => {
    await engine.stop();
    const idle = world.idle({ config: { ...world.dependencies.config, queueLength: 1 } });
    const distribution = await world.distribution();
    const key = { key: 'k', requestHash: 'h' };
    const build = await idle.create(distribution, usual, key);
    await expect(idle.create(distribution, usual)).rejects.toMatchObject({ code: 'queue.full' });
    expect((await idle.create(distribution, usual, key)).id).toBe(build.id);
    await expect(idle.create(distribution, usual, { key: 'k', requestHash: 'other' })).rejects.toMatchObject({
      code: 'idempotency.mismatch',
    });
    const journal = await idle.read(build.id, { after: 0, limit: 100 });
    expect(journal.entries.filter(({ entry }) => entry.type === 'build')).toHaveLength(1);
  });

  it('is refused when it cannot be built or images are missing', async () => {
    const distribution = await world.distribution('gw', { init: 'runit' });
    await expect(engine.create(distribution, usual)).rejects.toMatchObject({ code: 'definition.impossible' });
    await expect(engine.create(distribution, { ...usual, formats: ['raw', 'raw'] })).rejects.toMatchObject({
      code: 'definition.invalid',
    });
  });

  it('builds for another architecture than that of the machine', async () => {
    const foreign = await world.distribution('gw', { arch: 'aarch64' });
    expect((await engine.create(foreign, usual)).arch).toBe('aarch64');
    expect((await engine.create(foreign, { ...usual, arch: 'x86_64' })).arch).toBe('x86_64');
  });

  it('takes formats and the boot test from its options', async () => {
    const build = await engine.create(await world.distribution(), { ...usual, boot: false, formats: ['raw', 'qcow2'] });
    const done = await ended(engine, build);
    expect(done).toMatchObject({ state: 'succeeded', verdict: null, formats: ['raw', 'qcow2'] });
    expect(done.stages.map(({ name }) => name)).not.toContain('boot');
    expect(done.artifacts.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['gw-1.qcow2', null],
      ['gw-1.raw', null],
      ['SHA256SUMS', null],
    ]);
  });
});

describe('a boot that fails', slow, () => {
  it('leaves the artifacts, the consoles, and a verdict on those that failed', async () => {
    world.runtime.script('boot', async (stage) => {
      for (const artifact of bootableOf(stage)) stage.write(`${artifact}.console.log`, 'Kernel panic\n');
      stage.write('gw-1.raw.screen.png', 'PNG');
      const seen = { console: 'gw-1.raw.console.log', screen: 'gw-1.raw.screen.png' };
      const times = { seconds: 17, wallSeconds: 60 };
      const failed = { artifact: 'gw-1.raw', bootable: false, ...times, ...seen, accelerator: 'tcg' as const };
      const passed = { ...failed, artifact: 'gw-1.qcow2', bootable: true, console: 'gw-1.qcow2.console.log' };
      stage.write(
        bootVerdictsFile,
        JSON.stringify({ verdicts: [failed, passed] } satisfies { verdicts: BootVerdict[] }),
      );
      const message = 'gw-1.raw did not come up: kernel panic';
      return stage.fail({ code: 'boot.panic', message, details: [{ pointer: '/image/formats', message }] });
    });
    const build = await engine.create(await world.distribution(), { ...usual, formats: ['raw', 'qcow2'] });
    const done = await ended(engine, build);
    expect(done).toMatchObject({
      state: 'failed',
      error: { code: 'boot.panic', stage: 'boot' },
      verdict: { bootable: false },
    });
    const byName = Object.fromEntries(done.artifacts.map((artifact) => [artifact.name, artifact]));
    const console = byName['gw-1.raw.console.log'];
    const screen = byName['gw-1.raw.screen.png'];
    expect(screen).toMatchObject({ format: 'screen', sizeBytes: 3 });
    expect(byName['gw-1.raw']?.verdict).toEqual({
      ...{ bootable: false, seconds: 17, wallSeconds: 60 },
      ...{ console: console?.id, screen: screen?.id },
    });
    expect(byName['gw-1.qcow2']?.verdict).toBeNull();
    expect(await text(await world.dependencies.artifacts.read(console?.sha256 ?? ''))).toBe('Kernel panic\n');

    world.runtime.script('boot');
    await engine.retry(build.id);
    expect(await ended(engine, build)).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
  });

  it.each(['', '{"verdicts": [{}]}', '{'])('says nothing of images when it left no verdicts', async (left) => {
    world.runtime.script('boot', async (stage) => {
      if (left !== '') stage.write(bootVerdictsFile, left);
      return stage.fail({ code: 'boot.panic', message: 'kernel panic' });
    });
    const done = await ended(engine, await engine.create(await world.distribution(), usual));
    expect(done).toMatchObject({ state: 'failed', error: { code: 'boot.panic', stage: 'boot' }, verdict: null });
  });
});
