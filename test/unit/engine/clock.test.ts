/** The wall clock may be set at any time: nothing that runs, and no lease, depends on it. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/engine/core/clock.ts';
import { limitsOf } from '../../../src/engine/core/config.ts';
import { Lease } from '../../../src/engine/core/leases.ts';
import type { Store } from '../../../src/store/store.ts';
import { ended, eventually, Gate, reaches, shown, usual, World } from './harness.ts';

const dayMs = 24 * 3_600_000;
const slow = { timeout: 300_000 };

/** A machine whose wall clock is set by the test, and whose uptime may be moved on. */
class JumpingClock implements Clock {
  wallMs = 0;
  upMs = 0;
  boot: string | null = 'this start';
  /** How long was waited for, in milliseconds. */
  timers: number[] = [];

  now(): Date {
    return new Date(Date.now() + this.wallMs);
  }

  uptimeMs(): number {
    return systemClock.uptimeMs() + this.upMs;
  }

  bootId(): string | null {
    return this.boot;
  }

  timer(ms: number, fire: () => void): () => void {
    this.timers.push(ms);
    return systemClock.timer(ms, fire);
  }
}

let world: World;
let clock: JumpingClock;

beforeEach(async () => {
  world = await World.open();
  clock = new JumpingClock();
});
afterEach(() => world.close());

describe('two processes on a machine whose clock jumps', slow, () => {
  it.each([
    ['forward', dayMs],
    ['back', -dayMs],
  ])('%s by a day in the middle of a stage run every stage once', async (_direction, jumpMs) => {
    const gate = new Gate();
    world.runtime.script('compile', async (stage) => {
      await gate.opened;
      return stage.succeed<'compile'>({ release: '6', image: 'b', modules: null }, { b: 'b' });
    });
    const first = await world.start({ clock });
    let asked = 0;
    const store: Store = {
      ...world.store,
      acquireLease: (name, ...rest) => {
        if (name.startsWith('build:')) asked += 1;
        return world.store.acquireLease(name, ...rest);
      },
    };
    const second = await world.start({ clock, store });
    const build = await first.create(await world.distribution(), usual);
    await reaches(first, build, 'compile', 'running');
    clock.wallMs = jumpMs;
    asked = 0;
    await eventually(() => asked).toBeGreaterThan(2);
    expect((await shown(second, build)).stages.find(({ name }) => name === 'compile')?.state).toBe('running');
    gate.open();
    const done = await ended(second, build);
    expect(done.state).toBe('succeeded');
    expect(done.stages.every(({ attempt }) => attempt === 1)).toBe(true);
    expect(new Set(world.startedStages()).size).toBe(world.startedStages().length);
    expect(world.startedStages()).toHaveLength(done.stages.length);
    for (const { estimateSeconds } of (await shown(world.idle(), build)).stages) {
      expect(estimateSeconds).toBeGreaterThanOrEqual(0);
      expect(estimateSeconds).toBeLessThan(3_600);
    }
  });

  it('know when a lease has run out, whatever time it is', async () => {
    const keeper = { ...world.dependencies, clock };
    const lease = await Lease.take(keeper, 'build:x', 'first', 60_000);
    clock.wallMs = dayMs;
    expect(await Lease.take(keeper, 'build:x', 'second', 60_000)).toBeUndefined();
    clock.wallMs = -dayMs;
    clock.upMs = 60_001;
    const taken = await Lease.take(keeper, 'build:x', 'second', 60_000);
    expect(taken).toBeDefined();
    await taken?.release();
    await lease?.abandon();
  });

  it('know a lease from before a reboot, though it seems to begin later than now', async () => {
    clock.upMs = dayMs;
    const lease = await Lease.take({ ...world.dependencies, clock }, 'build:x', 'before', 60_000);
    await lease?.abandon();
    clock.upMs = 0;
    expect(await Lease.take({ ...world.dependencies, clock }, 'build:x', 'same start', 60_000)).toBeUndefined();
    clock.boot = 'another start';
    const taken = await Lease.take({ ...world.dependencies, clock }, 'build:x', 'after', 60_000);
    expect(taken).toBeDefined();
    await taken?.release();
  });
});

describe('a stage that is taken up', slow, () => {
  async function handedOver(change: () => void) {
    world.runtime.script('compile', () => new Promise(() => undefined));
    const { config } = world.dependencies;
    const compile = { ...limitsOf(config, 'compile'), timeoutMs: 3_600_000 };
    const dependencies = { clock, config: { ...config, limits: { ...config.limits, compile } } };
    const first = await world.start(dependencies);
    const build = await first.create(await world.distribution(), usual);
    await reaches(first, build, 'compile', 'running');
    await eventually(() => world.startedStages()).toContain('compile/1');
    await first.stop();
    change();
    return { build, engine: await world.start(dependencies) };
  }

  it('has used none of its time when the wall clock was put forward', async () => {
    const { build, engine } = await handedOver(() => {
      clock.wallMs = dayMs;
      clock.timers = [];
    });
    await eventually(() => Math.max(...clock.timers)).toBeGreaterThan(3_400_000);
    await engine.cancel(build.id);
    expect(await ended(engine, build)).toMatchObject({ state: 'cancelled' });
  });

  it('has used the time that has passed since it began', async () => {
    const { build, engine } = await handedOver(() => {
      clock.upMs = dayMs;
    });
    expect(await ended(engine, build)).toMatchObject({ state: 'failed', error: { code: 'stage.timeout' } });
  });
});
