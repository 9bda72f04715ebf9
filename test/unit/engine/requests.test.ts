/** Requests about one build that come at once, through the API: none gets in another's way. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildLease, Lease } from '../../../src/engine/core/leases.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { ApiWorld, type App } from '../../fixtures/engine/api-world.ts';
import { ended, eventually, Gate, shown, usual, type World } from './harness.ts';

let api: ApiWorld;
let world: World;
let engine: BuildService;
let app: App;

beforeEach(async () => {
  api = await ApiWorld.open();
  ({ world, engine, app } = api);
});
afterEach(() => api.close());

interface Answer {
  status: number;
  text: string;
}

async function send(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await app.request(path, { method, headers });
  const text = await answer.text();
  // What a server has on its disk is nobody's business.
  expect(text).not.toContain(world.dataDir);
  return { status: answer.status, text };
}

function times(count: number, method: string, path: string, headers?: Record<string, string>): Promise<Answer>[] {
  return Array.from({ length: count }, () => send(method, path, headers));
}

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();

async function failedBuild(): Promise<string> {
  world.runtime.script('compile', async (stage) =>
    stage.fail({ code: 'kernel.broken', message: 'It does not compile.' }),
  );
  const build = await engine.create(await world.distribution(), usual);
  expect((await ended(engine, build)).state).toBe('failed');
  return build.id;
}

describe('at once', { timeout: 120_000 }, () => {
  it('twenty times the same request with one idempotency key make one build', async () => {
    const { id } = await world.distribution();
    const path = `/v1/distributions/${id}/build`;
    const answers = await Promise.all(times(20, 'POST', path, { 'Idempotency-Key': 'k1' }));
    expect(statuses(answers)).toEqual(Array(20).fill(202));
    const [build, ...others] = new Set(answers.map(({ text }) => String(JSON.parse(text).id)));
    expect(others).toEqual([]);
    expect((await ended(engine, { id: build ?? '' })).state).toBe('succeeded');
    // Whatever has become of the images since.
    const bare = world.idle({ images: { resolve: () => Promise.reject(new Error('there are none')) } });
    const distribution = await world.store.getDistribution(id);
    const [known] = (await world.store.listBuilds({ limit: 1 })).items;
    expect(known?.id).toBe(build);
    if (!distribution) throw new Error('the distribution is gone');
    await expect(bare.create(distribution, usual, { key: 'k1', requestHash: 'another' })).rejects.toMatchObject({
      code: 'idempotency.mismatch',
    });
  });

  it('ten retries make one, and the others hear of it', async () => {
    const id = await failedBuild();
    // The second attempt ends only when all have been answered, however long that takes.
    const allAnswered = new Gate();
    world.runtime.script('compile', async (stage) => {
      await allAnswered.opened;
      return stage.fail({ code: 'kernel.broken', message: 'It does not compile.' });
    });
    const answers = await Promise.all(times(10, 'POST', `/v1/builds/${id}/retry`)).finally(() => allAnswered.open());
    const refused = answers.filter(({ status }) => status !== 202);
    expect(statuses(answers).filter((status) => status === 202)).toHaveLength(1);
    for (const { status, text } of refused) {
      expect(status).toBe(409);
      expect(text).toMatch(/is (queued|running|being worked on)/);
    }
    await ended(engine, { id });
    const compile = (await shown(engine, { id })).stages.find(({ name }) => name === 'compile');
    expect(compile?.attempt).toBe(2);
  });

  it('a retry that waited while another retried the build, which then failed again, hears of it', async () => {
    const id = await failedBuild();
    const held = await Lease.take(world.dependencies, buildLease(id), 'another request');
    const waiting = send('POST', `/v1/builds/${id}/retry`);
    const asked = vi.spyOn(world.dependencies.store, 'getBuild');
    await eventually(async () => asked.mock.calls.length > 1).toBe(true);
    const build = await world.store.getBuild(id);
    await world.store.changeBuild(id, ['failed'], { endedAt: new Date((build?.endedAt?.getTime() ?? 0) + 1) });
    await held?.release();
    const answer = await waiting;
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('was retried by another request');
  });

  it('retries and removals leave a whole build, or nothing', async () => {
    const id = await failedBuild();
    const path = `/v1/builds/${id}`;
    const answers = await Promise.all([...times(4, 'POST', `${path}/retry`), ...times(4, 'DELETE', path)]);
    expect(statuses(answers).filter((status) => status < 300)).toHaveLength(1);
    for (const { status } of answers) expect([202, 204, 404, 409]).toContain(status);
    if (await engine.get(id)) {
      await ended(engine, { id });
      await eventually(async () => (await send('DELETE', path)).status).toBe(204);
    }
    expect(await readdir(join(world.dataDir, 'builds'))).toEqual([]);
    expect(world.leftovers().filter((name) => name.includes(id.toLowerCase()) && name.includes('compile'))).toEqual([]);
  });

  it('a cancellation ends a build that waits, though another request is about it', async () => {
    await engine.stop();
    const idle = world.idle();
    const build = await idle.create(await world.distribution('waiting'), usual);
    const held = await Lease.take(world.dependencies, buildLease(build.id), 'another request');
    const cancelling = idle.cancel(build.id);
    await held?.release();
    await cancelling;
    expect((await shown(idle, build)).state).toBe('cancelled');
  });
});
