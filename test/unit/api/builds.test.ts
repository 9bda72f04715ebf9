/** Builds and their logs through the API. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LdfError } from '../../../src/errors.ts';
import { Build, BuildInputs } from '../../../src/model/build.ts';
import { type JournalEntry, LogPage } from '../../../src/model/journal.ts';
import { AttemptList } from '../../../src/model/stage-run.ts';
import { ApiWorld, type ApiWorldOptions, definition } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';
import { ended, Gate, reaches, shown } from '../engine/harness.ts';

let world: ApiWorld;
let distribution: string;

async function open(options: ApiWorldOptions): Promise<void> {
  world = await ApiWorld.open(options);
  distribution = (await world.store.createDistribution({ ...gw, definition })).id;
}
const gw = { name: 'gw', version: '1.0', arch: 'x86_64' } as const;

afterEach(() => world.close());

/** A build that the API was asked for. */
async function started(body: unknown = {}, headers: Record<string, string> = {}): Promise<Build> {
  const answer = await world.json('POST', `/v1/distributions/${distribution}/build`, body, headers);
  expect(answer.status).toBe(202);
  return Build.parse(await answer.json());
}

describe('starting a build', () => {
  beforeEach(() => open({ idle: true, config: { queueLength: 3 } }));

  it('needs no body, and tells where the build is', async () => {
    const answer = await world.app.request(`/v1/distributions/${distribution}/build`, { method: 'POST' });
    expect(answer.status).toBe(202);
    const build = Build.parse(await answer.json());
    expect(answer.headers.get('location')).toBe(`/v1/builds/${build.id}`);
    expect(build).toMatchObject({ distributionId: distribution, state: 'queued', queuePosition: 1 });
    expect(world.toEngine.givenTo('create')[0]?.slice(1)).toEqual([
      { boot: true, noCache: false, priority: 0 },
      undefined,
    ]);
  });

  it('takes an empty JSON body too', async () => {
    const headers = { 'content-type': 'application/json' };
    const path = `/v1/distributions/${distribution}/build`;
    expect((await world.app.request(path, { method: 'POST', headers })).status).toBe(202);
  });

  it('is done once for an idempotency key, with a hash that tells requests apart', async () => {
    const path = `/v1/distributions/${distribution}/build`;
    const start = (body: unknown, key: string) => world.json('POST', path, body, { 'Idempotency-Key': key });
    const { id } = await started({ priority: 5 }, { 'Idempotency-Key': 'a' });
    expect(await (await start({ priority: 5, boot: true }, 'a')).json()).toMatchObject({ id });
    await problem(await start({ priority: 6 }, 'a'), 409, 'idempotency.mismatch');
    expect((await start({ priority: 6 }, 'b')).status).toBe(202);
    const [first, second, third] = world.toEngine.givenTo('create').map(([, , idempotency]) => idempotency);
    expect(first).toEqual({ key: 'a', requestHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect((await start({}, 'two words')).status).toBe(400);
    expect((await start({}, 'x'.repeat(201))).status).toBe(400);
  });

  it('tells what stands against it', async () => {
    const path = `/v1/distributions/${distribution}/build`;
    for (const [code, status] of [
      ['queue.full', 429],
      ['images.missing', 409],
      ['docker.unavailable', 503],
      ['idempotency.mismatch', 409],
      ['storage.full', 507],
    ] as const) {
      world.toEngine.failNext('create', new LdfError(code, 'No.', { hint: 'Wait.' }));
      const answer = await problem(await world.json('POST', path, {}), status, code);
      expect(answer).toMatchObject({ detail: 'No.', hint: 'Wait.' });
    }
    await problem(await world.json('POST', '/v1/distributions/d7/build', {}), 404, 'not-found');
  });

  it('is refused while images are missing, Docker is away, or enough builds wait', async () => {
    const path = `/v1/distributions/${distribution}/build`;
    world.images.wrong.set('boot-tester', 'missing');
    const missing = await problem(await world.json('POST', path, {}), 409, 'images.missing');
    expect(missing.detail).toContain('boot-tester');
    world.images.wrong.clear();
    world.images.unavailable = new LdfError('docker.unavailable', 'Docker does not answer.');
    await problem(await world.json('POST', path, {}), 503, 'docker.unavailable');
    world.images.unavailable = undefined;
    for (let build = 0; build < 3; build++) await started();
    await problem(await world.json('POST', path, {}), 429, 'queue.full');
  });
});

describe('a build', () => {
  it('is shown, and listed by filters', async () => {
    await open({ idle: true });
    const { id } = await started();
    expect(Build.parse(await (await world.json('GET', `/v1/builds/${id}`)).json()).id).toBe(id);
    const list = async (query: string) => (await world.json('GET', `/v1/builds?${query}`)).json();
    const query = `arch=x86_64&distribution=${distribution}&limit=7`;
    expect(await list(`state=queued&${query}`)).toMatchObject({ items: [{ id }], nextCursor: null });
    expect(world.toEngine.givenTo('list')[0]).toEqual([
      { state: 'queued', arch: 'x86_64', distributionId: distribution, limit: 7 },
    ]);
    for (const other of [`state=running&${query}`, 'distribution=d7', 'arch=aarch64'])
      expect(await list(other)).toEqual({ items: [], nextCursor: null });
    for (const wrong of ['state=done', 'limit=0', 'limit=201', 'limit=1e1', 'limit=', 'cursor=%00', 'limit=1&limit=2'])
      expect((await world.json('GET', `/v1/builds?${wrong}`)).status).toBe(400);
  });

  it('is cancelled, retried from a stage, and removed', async () => {
    await open({});
    const held = new Gate();
    world.runtime.script('compile', async () => {
      held.open();
      return new Promise(() => undefined);
    });
    const build = await started();
    await held.opened;
    expect((await world.json('DELETE', `/v1/builds/${build.id}`)).status).toBe(409);
    expect((await world.json('POST', `/v1/builds/${build.id}/retry`)).status).toBe(409);
    expect((await world.json('POST', `/v1/builds/${build.id}/cancel`)).status).toBe(202);
    expect((await ended(world.engine, build)).state).toBe('cancelled');
    expect((await world.json('POST', `/v1/builds/${build.id}/cancel`)).status).toBe(409);

    world.runtime.script('compile');
    expect((await world.json('POST', `/v1/builds/${build.id}/retry`)).status).toBe(202);
    expect((await ended(world.engine, build)).state).toBe('succeeded');
    expect((await world.json('POST', `/v1/builds/${build.id}/retry`, { stage: 'package' })).status).toBe(202);
    await ended(world.engine, build);
    expect(world.toEngine.givenTo('retry')).toEqual([
      [build.id, undefined, false],
      [build.id, undefined, false],
      [build.id, 'package', false],
    ]);
    const { stages } = await shown(world.engine, build);
    expect(stages.map(({ name, attempt }) => `${name} ${attempt}`)).toEqual(
      expect.arrayContaining(['compile 2', 'package 3']),
    );
    expect((await world.json('POST', `/v1/builds/${build.id}/retry`, { stage: 'link' })).status).toBe(400);
    expect((await world.json('DELETE', `/v1/builds/${build.id}`)).status).toBe(204);
    for (const path of ['', '/logs', '/events', '/artifacts'])
      expect((await world.json('GET', `/v1/builds/${build.id}${path}`)).status).toBe(404);
    for (const path of ['/cancel', '/retry'])
      expect((await world.json('POST', `/v1/builds/${build.id}${path}`)).status).toBe(404);
  });

  it('has a verification that is a build of its own, or is refused', async () => {
    await open({});
    const build = await world.built('edge');
    const answer = await world.json('POST', `/v1/builds/${build.id}/verify`);
    expect(answer.status).toBe(202);
    const verification = Build.parse(await answer.json());
    expect(verification.verifies).toBe(build.id);
    expect(answer.headers.get('location')).toBe(`/v1/builds/${verification.id}`);
    expect((await ended(world.engine, verification)).state).toBe('succeeded');
    await problem(await world.json('POST', `/v1/builds/${verification.id}/verify`), 409, 'state.conflict');
    await problem(await world.json('POST', '/v1/builds/b7/verify'), 404, 'not-found');
  });

  it('tells what it was made of', async () => {
    await open({ idle: true });
    const { id } = await started();
    const answer = await world.json('GET', `/v1/builds/${id}/inputs`);
    expect(BuildInputs.parse(await answer.json())).toMatchObject({ definition, options: { boot: true } });
    expect((await world.json('GET', '/v1/builds/b9/inputs')).status).toBe(404);
  });

  it('tells all its attempts, or those at one stage', async () => {
    await open({});
    world.runtime.script('compile', async (stage) => stage.fail({ code: 'kernel.broken' }));
    const build = await started();
    await ended(world.engine, build);
    world.runtime.script('compile');
    await world.engine.retry(build.id, 'compile');
    await reaches(world.engine, build, 'boot', 'succeeded');
    await ended(world.engine, build);
    const read = async (query: string) =>
      AttemptList.parse(await (await world.json('GET', `/v1/builds/${build.id}/attempts${query}`)).json()).items;
    const all = await read('');
    expect(all).toEqual(await world.engine.attempts(build.id));
    expect(all.map(({ name }) => name)).toContain('assemble');
    expect(await read('?stage=compile')).toMatchObject([
      { name: 'compile', attempt: 1, state: 'failed', exitCode: 1, forced: false },
      { name: 'compile', attempt: 2, state: 'succeeded', exitCode: 0, forced: true },
    ]);
    expect((await world.json('GET', `/v1/builds/${build.id}/attempts?stage=link`)).status).toBe(400);
    expect((await world.json('GET', '/v1/builds/b2/attempts')).status).toBe(404);
  });
});

describe('the log of a build', () => {
  const lines = ['one', 'two', 'three', 'four', 'five'];
  const at = '2026-01-02T03:04:05.000000001Z';
  let id: string;

  beforeEach(async () => {
    await open({ idle: true });
    id = (await started()).id;
    const entries = lines.flatMap((text, index): JournalEntry[] => [
      { type: 'progress', at, stage: 'compile', attempt: 1, progress: 0.1, note: '' },
      {
        ...{ type: 'log', at, stage: index % 2 === 0 ? 'compile' : 'assemble', attempt: index < 3 ? 1 : 2 },
        ...{ stream: 'stdout', text },
      },
    ]);
    await world.journal(id, ...entries);
  });

  const read = async (query: string) =>
    LogPage.parse(await (await world.json('GET', `/v1/builds/${id}/logs?${query}`)).json());

  it('is read page by page, each line once', async () => {
    const texts: string[] = [];
    let after = 0;
    for (;;) {
      const { items, next } = await read(`after=${after}&limit=2`);
      expect(items.length).toBeLessThanOrEqual(2);
      texts.push(...items.map(({ text }) => text));
      if (next === after) break;
      after = next;
    }
    expect(texts).toEqual(lines);
  });

  it('is narrowed to a stage and an attempt', async () => {
    expect((await read('stage=assemble')).items.map(({ text }) => text)).toEqual(['two', 'four']);
    expect((await read('stage=assemble&attempt=2')).items.map(({ text }) => text)).toEqual(['four']);
  });

  it('tells where it ends now', async () => {
    expect(await read('after=end')).toEqual({ items: [], next: (await read('')).next });
    expect(await read('after=end')).toEqual({ items: [], next: await world.engine.end(id) });
  });

  it('is given whole as text, with stages named unless one was asked for', async () => {
    const text = async (query: string) => {
      const answer = await world.app.request(`/v1/builds/${id}/logs${query}`, { headers: { accept: 'text/plain' } });
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      return answer.text();
    };
    expect(await text('?limit=2')).toBe(
      'compile | one\nassemble | two\ncompile | three\nassemble | four\ncompile | five\n',
    );
    expect(await text('?stage=compile&limit=1')).toBe('one\nthree\nfive\n');
    expect(await text('?after=end')).toBe('');
  });

  it('refuses positions that are none', async () => {
    for (const after of ['7', '-1', 'x', '1e3', '9999999999999999', ''])
      expect((await world.json('GET', `/v1/builds/${id}/logs?after=${after}`)).status).toBe(400);
  });
});
