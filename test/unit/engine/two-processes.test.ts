import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../../src/engine/engine.ts';
import { defaultScripts } from '../../../src/runtime/fake/fake-stage.ts';
import { ended, eventually, Gate, journalOf, nothingLeft, reaches, shown, states, usual, World } from './harness.ts';
import { MortalProcess } from './process.ts';

let world: World;
const slow = { timeout: 300_000 };

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

describe('two processes', slow, () => {
  it('share the work: every build ends, and every stage is run once', async () => {
    // Neither loses a lease, however busy the machine is.
    const config = { ...world.dependencies.config, builds: 2, leaseMs: 600_000 };
    const engines = [await world.start({ config }), await world.start({ config })] as const;
    const builds = [];
    for (let index = 0; index < 6; index++) {
      const kernel = { config: { options: { CONFIG_LOCALVERSION: `-${index % 3}` } } };
      const distribution = await world.distribution(`gw${index}`, { kernel });
      builds.push(await engines[index % 2 === 0 ? 0 : 1].create(distribution, usual));
    }
    const done = await Promise.all(builds.map((build) => ended(engines[0], build)));
    expect(done.map(({ state }) => state)).toEqual(Array(6).fill('succeeded'));
    const compiled = world.startedStages().filter((name) => name.startsWith('compile'));
    expect(compiled).toHaveLength(3);
    for (const build of builds) {
      const journal = await journalOf(engines[1], build);
      expect(journal.filter((entry) => entry.type === 'end')).toHaveLength(1);
      const told = journal.flatMap((entry) => (entry.type === 'stage' ? `${entry.stage} ${entry.state}` : []));
      expect(new Set(told).size).toBe(told.length);
    }
    await nothingLeft(world);
  });

  it('make nothing twice when one dies while the other is full of builds that wait for what it made', async () => {
    const config = { ...world.dependencies.config, builds: 1, leaseMs: 3_000 };
    const gate = new Gate();
    const usually = defaultScripts.compile;
    world.runtime.script('compile', async (stage) => {
      await gate.opened;
      return usually(stage);
    });
    const followed = vi.spyOn(world.runtime, 'logs');
    const mortal = new MortalProcess({ ...world.dependencies, config });
    const first = createEngine(mortal.dependencies);
    await first.start();
    const begun = await first.create(await world.distribution('first'), usual);
    await eventually(() => world.startedStages()).toContain('compile/1');
    const second = await world.start({ config });
    const waiting = await second.create(await world.distribution('second'), usual);
    await eventually(async () => states(await shown(second, waiting))).toContain('prepare:cached');
    mortal.kill();
    // It takes the dead one's build up while its own waits.
    const watched = () => followed.mock.calls.filter(([name]) => name.includes(`${begun.id}-compile`)).length;
    await eventually(watched).toBe(2);
    gate.open();
    const done = await Promise.all([ended(second, begun), ended(second, waiting)]);
    expect(done.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(world.startedStages().filter((name) => name.startsWith('compile'))).toEqual(['compile/1']);
    await nothingLeft(world);
  });

  it('hand over a build when the lease of one runs out', async () => {
    world.runtime.script('prepare', () => new Promise(() => undefined));
    const mortal = new MortalProcess({ ...world.dependencies, config: { ...world.dependencies.config, leaseMs: 150 } });
    const first = createEngine(mortal.dependencies);
    await first.start();
    const second = await world.start({ config: { ...world.dependencies.config, leaseMs: 150 } });
    const build = await first.create(await world.distribution(), usual);
    await reaches(second, build, 'prepare', 'running');
    const owner = () => second.cancel(build.id);
    mortal.kill();
    await owner();
    expect((await ended(second, build)).state).toBe('cancelled');
    await nothingLeft(world);
  });
});
