/** A process that was stopped for longer than its lease, and does not notice that another one works on its build. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/engine/core/clock.ts';
import { Lease } from '../../../src/engine/core/leases.ts';
import { Journals } from '../../../src/events/journals.ts';
import { defaultScripts } from '../../../src/runtime/fake/fake-stage.ts';
import type { Store } from '../../../src/store/store.ts';
import { ended, eventually, Gate, journalOf, logOf, usual, World } from './harness.ts';

let world: World;

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

describe('a process that was overtaken', { timeout: 60_000 }, () => {
  it.each(['build', 'stage'])('continues where the other has changed a %s before it', async (what) => {
    let conflicts = 0;
    const late = async (change: () => Promise<boolean>, to: string | undefined) => {
      if (to !== 'running' || conflicts > 0) return change();
      conflicts++;
      await change();
      return false;
    };
    const { changeBuild, changeStageRun } = world.store;
    const store: Store = {
      ...world.store,
      ...(what === 'build'
        ? { changeBuild: (id, from, change) => late(() => changeBuild(id, from, change), change.state) }
        : { changeStageRun: (id, from, change) => late(() => changeStageRun(id, from, change), change.state) }),
    };
    const engine = await world.start({ store });
    const build = await engine.create(await world.distribution(), usual);
    const { state, error, stages } = await ended(engine, build);
    expect([state, error, conflicts]).toEqual(['succeeded', null, 1]);
    expect(stages.map(({ attempt }) => attempt)).toEqual(stages.map(() => 1));
  });

  it('continues where the other has written to the journal before it', async () => {
    const gate = new Gate();
    world.runtime.script('compile', async (stage) => {
      stage.log('before');
      await gate.opened;
      stage.log('after');
      return defaultScripts.compile(stage);
    });
    const engine = await world.start();
    const build = await engine.create(await world.distribution(), usual);
    const heard = async () => (await world.dependencies.journals.read(build.id, { after: 0, limit: 1_000 })).entries;
    await eventually(async () => JSON.stringify(await heard())).toContain('before');
    const at = new Date().toISOString();
    await new Journals(world.dataDir).with(build.id, (journal) =>
      journal.append({ type: 'log', at, stage: 'compile', attempt: 1, stream: 'ldf', text: 'written by the other' }),
    );
    gate.open();
    const { state, stages } = await ended(engine, build);
    expect(state).toBe('succeeded');
    expect(stages.map(({ attempt }) => attempt)).toEqual(stages.map(() => 1));
    const log = logOf(await journalOf(engine, build), 'compile');
    expect(log.slice(0, 3)).toEqual(['before', 'written by the other', 'after']);
  });

  it('leaves the container of the other alone when it fails at the same stage', async () => {
    const stopped = new Gate();
    const resumed = new Gate();
    const refused = new Gate();
    const rest = new Gate();
    world.runtime.script('package', async (stage) => {
      await rest.opened;
      return defaultScripts.package(stage);
    });
    const { changeStageRun } = world.store;
    let isStopped = false;
    let buildId = '';
    const stageOf = async (run: string) =>
      (await world.store.listStageRuns([buildId])).find(({ id }) => id === run)?.stage;
    const store: Store = {
      ...world.store,
      changeStageRun: async (id, from, change) => {
        if (change.state === undefined || (await stageOf(id)) !== 'package') return changeStageRun(id, from, change);
        if (change.state === 'running') {
          isStopped = true;
          stopped.open();
          await resumed.opened;
          throw new Error('The disk broke.');
        }
        const done = await changeStageRun(id, from, change);
        expect([change.state, done]).toEqual(['failed', false]);
        refused.open();
        return done;
      },
    };
    // No time passes for it, so it does not hear of its lost build before it has failed.
    const clock: Clock = {
      ...systemClock,
      timer: (ms, fire) => systemClock.timer(ms, () => void (isStopped ? refused.opened.then(fire) : fire())),
    };
    const config = { ...world.dependencies.config, leaseMs: 300 };
    const first = await world.start({ store, config, clock });
    const build = await first.create(await world.distribution(), usual);
    buildId = build.id;
    await stopped.opened;

    const second = await world.start({ config });
    await eventually(() => world.startedStages()).toContain('package/1');
    resumed.open();
    await refused.opened;
    // It has left the build, with all that it does on the way.
    await first.stop();
    rest.open();
    const { state, stages } = await ended(second, build);
    expect(state).toBe('succeeded');
    expect(stages.map(({ attempt }) => attempt)).toEqual(stages.map(() => 1));
    expect(world.startedStages().filter((name) => name.startsWith('package'))).toEqual(['package/1']);
  });

  it('gives its lease up in time when the database hangs', async () => {
    let hangs = false;
    const store: Store = {
      ...world.store,
      acquireLease: async (...lease) => (hangs ? new Promise(() => undefined) : world.store.acquireLease(...lease)),
    };
    const lease = await Lease.take({ ...world.dependencies, store }, 'some', 'somebody', 300);
    hangs = true;
    await eventually(() => lease?.lost.aborted).toBe(true);
  });
});
