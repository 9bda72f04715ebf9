/** A process is killed before each change of state in turn, until none is left. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/engine.ts';
import { usualStages } from '../../fixtures/usual-stages.ts';
import { ended, eventually, Gate, journalOf, logOf, nothingLeft, shown, states, usual, World } from './harness.ts';
import { MortalProcess } from './process.ts';

let world: World;
const slow = { timeout: 300_000 };

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** Other names give other keys, so that no build finds what the one before made. */
function namesake(point: number) {
  const name = `gw${point}`;
  const kernel = { config: { options: { CONFIG_LOCALVERSION: `-${name}` } } };
  return world.distribution(name, { kernel, userland: { packages: [name] } });
}

/** The last write did not come to its end. */
async function tearJournal(buildId: string): Promise<void> {
  await appendFile(join(world.dataDir, 'builds', buildId, 'journal.ndjson'), '{"type":"stage","at":"2026-01-0');
}

describe('a process that dies', slow, () => {
  it('before any of its changes loses nothing: the build ends, each stage was started once, nothing is left', async () => {
    let point = 0;
    // The base, which is the same for all of them, is there.
    const before = await world.start();
    await ended(before, await before.create(await namesake(point), usual));
    await before.stop();
    const run = usualStages.filter((name) => name !== 'base');
    for (let killed = true; killed; ) {
      point += 1;
      const distribution = await namesake(point);
      world.runtime.started.length = 0;
      const mortal = new MortalProcess(world.dependencies);
      const first = createEngine(mortal.dependencies);
      const build = await first.create(distribution, usual);
      mortal.killAtChange(point);
      await first.start();
      await Promise.race([mortal.buried(), ended(world.idle(), build)]);
      killed = mortal.dead;
      if (killed && point % 2 === 0) await tearJournal(build.id);
      if (!killed) await first.stop();

      const second = await world.start();
      const done = await ended(second, build);
      expect([point, done.state, done.error]).toEqual([point, 'succeeded', null]);
      expect([point, world.startedStages().map((started) => started.split('/')[0])]).toEqual([
        point,
        expect.arrayContaining(run),
      ]);
      expect([point, world.runtime.started.length]).toEqual([point, run.length]);
      expect([point, done.stages.map(({ attempt }) => attempt)]).toEqual([point, usualStages.map(() => 1)]);
      expect(done.verdict).toMatchObject({ bootable: true });
      expect(done.artifacts.map((artifact) => artifact.name)).toContain(`${distribution.name}-1.raw`);
      const journal = await journalOf(second, build);
      expect([point, logOf(journal, 'compile')]).toEqual([point, ['CC init/main.o']]);
      expect(journal.at(-1)).toMatchObject({ type: 'end', state: 'succeeded' });
      await nothingLeft(world);
      await second.stop();
    }
    // Fewer would mean that the sweep no longer reaches every change.
    expect(point).toBeGreaterThan(40);
  });

  it('before any of its changes while it cancels: the build ends cancelled, nothing is left, and a retry succeeds', async () => {
    let point = 0;
    for (let killed = true; killed; ) {
      point += 1;
      world.runtime.script('compile', () => new Promise(() => undefined));
      const mortal = new MortalProcess(world.dependencies);
      const first = createEngine(mortal.dependencies);
      await first.start();
      const build = await first.create(await namesake(point), usual);
      await eventually(() => world.startedStages()).toContain('compile/1');
      await eventually(async () => states(await shown(world.idle(), build))).toContain('assemble:succeeded');
      mortal.killAtChange(point);
      void first.cancel(build.id);
      await Promise.race([mortal.buried(), ended(world.idle(), build)]);
      killed = mortal.dead;
      if (!killed) await first.stop();

      world.runtime.script('compile');
      const second = await world.start();
      // Killed before it was written down, a cancellation has to be asked for again.
      if (killed && point === 1) await second.cancel(build.id);
      const done = await ended(second, build);
      expect([point, done.state, done.error?.code]).toEqual([point, 'cancelled', 'build.cancelled']);
      expect((await journalOf(second, build)).at(-1)).toMatchObject({ type: 'end', state: 'cancelled' });
      await nothingLeft(world);
      await second.retry(build.id);
      expect([point, (await ended(second, build)).state]).toEqual([point, 'succeeded']);
      await nothingLeft(world);
      await second.stop();
      world.runtime.started.length = 0;
    }
    expect(point).toBeGreaterThan(4);
  });

  it('before any of its changes while a stage fails: the build ends with that failure, and a retry succeeds', async () => {
    let point = 0;
    for (let killed = true; killed; ) {
      point += 1;
      const gate = new Gate();
      world.runtime.script('package', async (stage) => {
        await gate.opened;
        return stage.fail({ code: 'some.failure' });
      });
      const mortal = new MortalProcess(world.dependencies);
      const first = createEngine(mortal.dependencies);
      await first.start();
      const build = await first.create(await namesake(point), usual);
      await eventually(() => world.startedStages()).toContain('package/1');
      mortal.killAtChange(point);
      gate.open();
      await Promise.race([mortal.buried(), ended(world.idle(), build)]);
      killed = mortal.dead;
      if (!killed) await first.stop();

      const second = await world.start();
      const done = await ended(second, build);
      expect([point, done.state, done.error?.code]).toEqual([point, 'failed', 'some.failure']);
      const made = world.startedStages().filter((name) => name.startsWith('package'));
      expect([point, ...made]).toEqual([point, 'package/1']);
      await nothingLeft(world);
      world.runtime.script('package');
      world.runtime.started.length = 0;
      await second.retry(build.id);
      expect([point, (await ended(second, build)).state]).toEqual([point, 'succeeded']);
      expect(world.runtime.started.map(({ owner }) => owner.stage)).toEqual(['package', 'boot']);
      await nothingLeft(world);
      await second.stop();
      world.runtime.started.length = 0;
    }
    expect(point).toBeGreaterThan(3);
  });

  it('before any of its changes while it retries: asked again, the retry runs what failed and what follows, once', async () => {
    let point = 0;
    for (let killed = true; killed; ) {
      point += 1;
      world.runtime.script('package', async (stage) => stage.fail({ code: 'some.failure' }));
      const before = await world.start();
      const build = await before.create(await namesake(point), usual);
      await ended(before, build);
      await before.stop();
      world.runtime.script('package');
      world.runtime.started.length = 0;

      const mortal = new MortalProcess(world.dependencies);
      const first = createEngine(mortal.dependencies);
      await first.start();
      mortal.killAtChange(point);
      const retried = first.retry(build.id).then(() => ended(world.idle(), build));
      await Promise.race([mortal.buried(), retried]);
      killed = mortal.dead;
      if (!killed) await first.stop();

      const second = await world.start();
      if ((await shown(second, build)).state === 'failed') await second.retry(build.id);
      const done = await ended(second, build);
      expect([point, done.state, done.error]).toEqual([point, 'succeeded', null]);
      expect([point, world.startedStages()]).toEqual([point, ['package/2', 'boot/2']]);
      await nothingLeft(world);
      await second.stop();
    }
    expect(point).toBeGreaterThan(8);
  });
});
