/** A journal that a power cut has damaged does not take its build away. */
import { appendFile, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journals } from '../../../src/events/journals.ts';
import { defaultScripts } from '../../../src/runtime/fake/fake-stage.ts';
import { ended, Gate, journalOf, logOf, reaches, shown, usual, World } from './harness.ts';

let world: World;
const zeros = Buffer.concat([Buffer.alloc(200), Buffer.from('\n')]);

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** A process that was started after the power cut has read nothing before. */
const anew = () => ({ journals: new Journals(world.dataDir) });

const pathOf = ({ id }: { id: string }) => join(world.dataDir, 'builds', id, 'journal.ndjson');

async function damage(build: { id: string }, where: string): Promise<void> {
  if (where === 'at its end') return appendFile(pathOf(build), zeros);
  const file = await open(pathOf(build), 'r+');
  const { size } = await file.stat();
  await file.write(zeros, 0, zeros.length, Math.floor(size / 2));
  await file.close();
}

describe('a journal with zeros', { timeout: 60_000 }, () => {
  it.each(['at its end', 'in its middle'])(
    '%s is cut there, and its running build continues and says so',
    async (where) => {
      const gate = new Gate();
      world.runtime.script('compile', async (stage) => {
        stage.log('before the power cut');
        await gate.opened;
        return defaultScripts.compile(stage);
      });
      const first = await world.start();
      const build = await first.create(await world.distribution(), usual);
      await reaches(first, build, 'compile', 'running');
      await first.stop();
      await damage(build, where);

      const second = await world.start(anew());
      gate.open();
      const { state, stages } = await ended(second, build);
      expect(state).toBe('succeeded');
      expect(stages.map(({ attempt }) => attempt)).toEqual(stages.map(() => 1));
      const journal = await journalOf(second, build);
      expect(journal.at(-1)).toMatchObject({ type: 'end' });
      expect(journal.filter((entry) => entry.type === 'log' && entry.text.includes('were damaged'))).toHaveLength(1);
      expect(logOf(journal, 'compile')).toContain('before the power cut');
      const tail = (await second.read(build.id, { after: 0, limit: 10_000 })).next;
      expect(tail).toBe((await stat(pathOf(build))).size);
    },
  );

  it('of a build that waits does not keep it from being cancelled', async () => {
    const engine = world.idle();
    const build = await engine.create(await world.distribution(), usual);
    await damage(build, 'in its middle');
    await engine.cancel(build.id);
    expect(await shown(engine, build)).toMatchObject({ state: 'cancelled' });
    expect((await journalOf(engine, build)).at(-1)).toMatchObject({ type: 'end', state: 'cancelled' });
  });

  it('of a build that has ended does not keep it from being read, retried and removed', async () => {
    const engine = await world.start();
    const build = await engine.create(await world.distribution(), usual);
    await ended(engine, build);
    await engine.stop();
    await damage(build, 'in its middle');
    const again = await world.start(anew());
    const { entries, next } = await again.read(build.id, { after: 0, limit: 10_000 });
    expect(entries.length).toBeGreaterThan(1);
    expect(await again.read(build.id, { after: next, limit: 10 })).toEqual({ entries: [], next });
    expect((await journalOf(again, build)).length).toBe(entries.length);
    await again.retry(build.id, 'package');
    expect((await ended(again, build)).state).toBe('succeeded');
    await damage(build, 'at its end');
    await again.remove(build.id);
    expect(await readdir(join(world.dataDir, 'builds'))).toEqual([]);
  });
});
