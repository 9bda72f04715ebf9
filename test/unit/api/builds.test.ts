/** Builds and their logs through the API. */
import { beforeEach, describe, expect, it } from 'vitest';
import { LdfError } from '../../../src/errors.ts';
import { Build, BuildInputs } from '../../../src/model/build.ts';
import { LogPage } from '../../../src/model/journal.ts';
import { AttemptList } from '../../../src/model/stage-run.ts';
import { attempt, buildShape, definition, logEntry } from './fake-builds.ts';
import { at } from './fake-store.ts';
import { createWorld, type World } from './fakes.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
  await world.json('POST', '/v1/distributions', { definition });
});

const callsOf = (method: string) => world.builds.calls.filter(([name]) => name === method);

describe('starting a build', () => {
  it('needs no body, and tells where the build is', async () => {
    const answer = await world.app.request('/v1/distributions/d1/build', { method: 'POST' });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe('/v1/builds/b1');
    expect(Build.parse(await answer.json())).toMatchObject({ id: 'b1', state: 'queued', queuePosition: 1 });
    expect(callsOf('create')[0]?.slice(2)).toEqual([{ boot: true, noCache: false, priority: 0 }, undefined]);
  });

  it('takes an empty JSON body too', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await world.app.request('/v1/distributions/d1/build', { method: 'POST', headers })).status).toBe(202);
  });

  it('passes options and the idempotency key on, with a hash that tells requests apart', async () => {
    const start = (body: unknown, key: string) =>
      world.json('POST', '/v1/distributions/d1/build', body, { 'Idempotency-Key': key });
    await start({ priority: 5 }, 'a');
    await start({ priority: 5, boot: true }, 'a');
    await start({ priority: 6 }, 'a');
    const [first, second, third] = callsOf('create').map(([, , , idempotency]) => idempotency);
    expect(first).toEqual({ key: 'a', requestHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect((await start({}, 'two words')).status).toBe(400);
    expect((await start({}, 'x'.repeat(201))).status).toBe(400);
  });

  it('tells what stands against it', async () => {
    for (const [code, status] of [
      ['queue.full', 429],
      ['images.missing', 409],
      ['docker.unavailable', 503],
      ['idempotency.mismatch', 409],
      ['storage.full', 507],
    ] as const) {
      world.builds.failures.set('create', new LdfError(code, 'No.', { hint: 'Wait.' }));
      const answer = await world.json('POST', '/v1/distributions/d1/build', {});
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ code, detail: 'No.', hint: 'Wait.' });
    }
    expect((await world.json('POST', '/v1/distributions/d7/build', {})).status).toBe(404);
  });
});

describe('a build', () => {
  beforeEach(() => world.builds.add(buildShape()));

  it('is shown, and listed by filters', async () => {
    expect(Build.parse(await (await world.json('GET', '/v1/builds/b1')).json()).id).toBe('b1');
    const answer = await world.json('GET', '/v1/builds?state=running&arch=x86_64&distribution=d1&limit=7');
    expect(await answer.json()).toMatchObject({ items: [{ id: 'b1' }], nextCursor: null });
    expect(callsOf('list')[0]?.[1]).toEqual({ state: 'running', arch: 'x86_64', distributionId: 'd1', limit: 7 });
    for (const query of ['state=done', 'limit=0', 'limit=201', 'limit=1e1', 'limit=', 'cursor=%00', 'limit=1&limit=2'])
      expect((await world.json('GET', `/v1/builds?${query}`)).status).toBe(400);
  });

  it('is cancelled, retried from a stage, and removed', async () => {
    expect((await world.json('POST', '/v1/builds/b1/cancel')).status).toBe(202);
    expect((await world.json('POST', '/v1/builds/b1/retry', { stage: 'package' })).status).toBe(202);
    expect((await world.json('POST', '/v1/builds/b1/retry')).status).toBe(202);
    expect(callsOf('retry')).toEqual([
      ['retry', 'b1', 'package'],
      ['retry', 'b1', undefined],
    ]);
    expect((await world.json('POST', '/v1/builds/b1/retry', { stage: 'link' })).status).toBe(400);
    world.builds.failures.set('remove', new LdfError('state.conflict', 'It runs.'));
    expect((await world.json('DELETE', '/v1/builds/b1')).status).toBe(409);
    expect((await world.json('DELETE', '/v1/builds/b1')).status).toBe(204);
    for (const path of ['', '/logs', '/events', '/artifacts'])
      expect((await world.json('GET', `/v1/builds/b1${path}`)).status).toBe(404);
    for (const path of ['/cancel', '/retry'])
      expect((await world.json('POST', `/v1/builds/b1${path}`)).status).toBe(404);
  });
});

describe('the verification of a build', () => {
  it('is a build of its own, or refused', async () => {
    world.builds.add(buildShape({ state: 'succeeded' }));
    const answer = await world.json('POST', '/v1/builds/b1/verify');
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe('/v1/builds/b2');
    expect(Build.parse(await answer.json())).toMatchObject({ id: 'b2', verifies: 'b1' });
    world.builds.failures.set('verify', new LdfError('state.conflict', 'Other stage images.'));
    expect((await world.json('POST', '/v1/builds/b1/verify')).status).toBe(409);
    expect((await world.json('POST', '/v1/builds/b7/verify')).status).toBe(404);
  });
});

it('tells what a build was made of', async () => {
  world.builds.add(buildShape());
  const answer = await world.json('GET', '/v1/builds/b1/inputs');
  expect(BuildInputs.parse(await answer.json())).toMatchObject({ definition, options: { boot: true } });
  expect((await world.json('GET', '/v1/builds/b9/inputs')).status).toBe(404);
});

describe('the attempts of a build', () => {
  it('are all told, or those at one stage', async () => {
    world.builds.add(buildShape());
    const compared = { build: 'b0', attempt: 1, differences: [{ what: 'packages.curl', before: null, after: '8' }] };
    world.builds.tried.push(
      attempt('compile', { exitCode: 1 }),
      attempt('compile', { attempt: 2, forced: true }),
      attempt('assemble', { compared }),
    );
    const read = async (query: string) =>
      AttemptList.parse(await (await world.json('GET', `/v1/builds/b1/attempts${query}`)).json()).items;
    expect(await read('')).toEqual(world.builds.tried);
    expect((await read('?stage=compile')).map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect((await world.json('GET', '/v1/builds/b1/attempts?stage=link')).status).toBe(400);
    expect((await world.json('GET', '/v1/builds/b2/attempts')).status).toBe(404);
  });
});

describe('the log of a build', () => {
  const lines = ['one', 'two', 'three', 'four', 'five'];

  beforeEach(() => {
    world.builds.add(buildShape());
    for (const [index, text] of lines.entries())
      world.builds.append(
        'b1',
        { type: 'progress', at, stage: 'compile', attempt: 1, progress: 0.1, note: '' },
        logEntry(text, index % 2 === 0 ? 'compile' : 'assemble', index < 3 ? 1 : 2),
      );
  });

  const read = async (query: string) =>
    LogPage.parse(await (await world.json('GET', `/v1/builds/b1/logs?${query}`)).json());

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
    expect(await read('after=end')).toEqual({ items: [], next: 100 });
  });

  it('is given whole as text, with stages named unless one was asked for', async () => {
    const text = async (query: string) => {
      const answer = await world.app.request(`/v1/builds/b1/logs${query}`, { headers: { accept: 'text/plain' } });
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
      expect((await world.json('GET', `/v1/builds/b1/logs?after=${after}`)).status).toBe(400);
  });
});
