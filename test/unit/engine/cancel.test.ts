import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildService } from '../../../src/engine/service.ts';
import { LdfError } from '../../../src/errors.ts';
import { defaultScripts } from '../../../src/runtime/fake/fake-stage.ts';
import { usualStages } from '../../fixtures/usual-stages.ts';
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

describe('a cancellation', slow, () => {
  it.each(usualStages.map((stage) => [stage]))(
    'ends a build in %s, and a retry continues from there',
    async (stage) => {
      world.runtime.script(stage, forever);
      const build = await engine.create(await world.distribution(), usual);
      await reaches(engine, build, stage, 'running');
      await engine.cancel(build.id);
      const done = await ended(engine, build);
      expect(done).toMatchObject({ state: 'cancelled', error: { code: 'build.cancelled', hint: expect.any(String) } });
      const order = done.stages.map(({ state }) => state);
      expect(new Set(order.slice(order.indexOf('cancelled')))).not.toContain('skipped');
      expect(done.stages.find(({ name }) => name === stage)?.state).toBe('cancelled');
      await layersOnly(world);
      world.runtime.script(stage);
      await engine.retry(build.id);
      expect((await ended(engine, build)).state).toBe('succeeded');
    },
  );

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
      await layersOnly(world);
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
