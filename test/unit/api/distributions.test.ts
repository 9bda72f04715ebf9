/** Distributions, their plans and their locks through the API. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { LdfError } from '../../../src/errors.ts';
import { DefinitionCheck } from '../../../src/model/check.ts';
import { Distribution } from '../../../src/model/distribution.ts';
import { LockAnswer } from '../../../src/model/lock.ts';
import { PlanSummary } from '../../../src/model/plan.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { ApiWorld, definition } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';
import { usual } from '../engine/harness.ts';

let world: ApiWorld;
const path = '/v1/distributions';
const lock: Lock = { version: 1, arch: 'x86_64' };
/** It names what is not there. */
const impossible = { ...definition, init: 'nosuch' };

beforeEach(async () => {
  world = await ApiWorld.open({ idle: true });
});
afterEach(() => world.close());

const stored = async () => (await world.store.listDistributions({ limit: 10 })).items;

describe('adding a distribution', () => {
  it('keeps the definition as it was written, plans it, and names the new one', async () => {
    const answer = await world.json('POST', path, { definition, lock });
    expect(answer.status).toBe(201);
    const shape = Distribution.parse(await answer.json());
    expect(answer.headers.get('location')).toBe(`/v1/distributions/${shape.id}`);
    expect((await stored()).map(({ id }) => id)).toEqual([shape.id]);
    expect(shape).toMatchObject({ name: 'gw', version: '1.0', definition, locks: { x86_64: lock } });
    const [planned, options] = world.toEngine.givenTo('plan')[0] ?? [];
    expect(planned).toMatchObject({ name: 'gw', init: 'systemd' });
    expect(options).toEqual({ boot: true, lock });
  });

  it('takes a bare definition as YAML', async () => {
    const body = 'name: gw\narch: x86_64\n';
    const answer = await world.app.request(path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/yaml; charset=utf-8' },
    });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ definition: { name: 'gw', arch: 'x86_64' } });
  });

  it('names every problem of the definition by its place in the body', async () => {
    const wrong = { name: 'GW', arch: 'mips', system: { hostnam: 'x' } };
    const body = await problem(await world.json('POST', path, { definition: wrong }), 400, 'definition.invalid');
    const pointers = body.errors?.map(({ pointer }) => pointer);
    expect(pointers?.sort()).toEqual(['/definition/arch', '/definition/name', '/definition/system/hostnam']);
    const yaml = await world.app.request(path, {
      method: 'POST',
      body: JSON.stringify(wrong),
      headers: { 'content-type': 'application/yaml' },
    });
    const bare = await problem(yaml, 400, 'definition.invalid');
    expect(bare.errors?.map(({ pointer }) => pointer)).toContain('/arch');
  });

  it('stores nothing that cannot be built', async () => {
    const body = await problem(
      await world.json('POST', path, { definition: impossible }),
      422,
      'definition.impossible',
    );
    expect(body.errors).toMatchObject([{ pointer: '/definition/init', message: expect.stringContaining('nosuch') }]);
    expect(await stored()).toEqual([]);
  });

  it('tells a broken lock and a taken name apart', async () => {
    const broken = await problem(
      await world.json('POST', path, { definition, lock: { version: 2, arch: 'x86_64' } }),
      400,
      'lock.invalid',
    );
    expect(broken.errors?.[0]?.pointer).toBe('/lock/version');
    await world.json('POST', path, { definition });
    await problem(await world.json('POST', path, { definition }), 409, 'name.taken');
  });
});

describe('a stored distribution', () => {
  let id: string;

  beforeEach(async () => {
    ({ id } = Distribution.parse(await (await world.json('POST', path, { definition, lock })).json()));
  });

  it('is listed without its definition, by name if asked, with the images of its last build', async () => {
    const record = await world.store.getDistribution(id);
    if (!record) throw new Error('it is not there');
    const build = await world.engine.create(record, usual);
    await world.artifact(build.id, 'gw.qcow2', Buffer.alloc(96), earlierFacts('qcow2'));
    await world.artifact(build.id, 'gw.sbom', Buffer.alloc(5), earlierFacts('sbom'));
    const answer = await (await world.app.request(`${path}?name=gw&limit=1`)).json();
    expect(answer).toEqual({
      items: [
        {
          id,
          name: 'gw',
          version: '1.0',
          arch: 'x86_64',
          components: expect.arrayContaining([
            { kind: 'init', name: 'systemd' },
            { kind: 'format', name: 'raw' },
          ]),
          createdAt: record.createdAt.toISOString(),
          updatedAt: record.updatedAt.toISOString(),
          lastBuild: {
            ...{ id: build.id, number: 1, state: 'queued', createdAt: build.createdAt.toISOString(), verdict: null },
            images: [{ format: 'qcow2', sizeBytes: 96 }],
          },
        },
      ],
      nextCursor: null,
    });
    expect(await (await world.app.request(`${path}?name=other`)).json()).toMatchObject({ items: [] });
  });

  it('is replaced, keeping its lock when none is sent', async () => {
    const answer = await world.json('PUT', `${path}/${id}`, { definition: { ...definition, version: '2.0' } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ id, version: '2.0', locks: { x86_64: lock } });
    await problem(await world.json('PUT', `${path}/d9`, { definition }), 404, 'not-found');
  });

  it('is removed', async () => {
    expect((await world.json('DELETE', `${path}/${id}`)).status).toBe(204);
    await problem(await world.json('GET', `${path}/${id}`), 404, 'not-found');
    await problem(await world.json('DELETE', `${path}/${id}`), 404, 'not-found');
  });

  it('shows the lock of one architecture', async () => {
    expect(await (await world.json('GET', `${path}/${id}/locks/x86_64`)).json()).toEqual(lock);
    await problem(await world.json('GET', `${path}/${id}/locks/aarch64`), 404, 'not-found');
    await problem(await world.json('GET', `${path}/${id}/locks/mips`), 404, 'not-found');
  });

  it('has its lock resolved and stored, or only told with dryRun', async () => {
    const other = Distribution.parse(
      await (await world.json('POST', path, { definition: { ...definition, name: 'other' } })).json(),
    );
    const dry = LockAnswer.parse(await (await world.json('POST', `${path}/${other.id}/lock`, { dryRun: true })).json());
    expect(dry.stored).toBe(false);
    expect(dry.changes).toContainEqual({ group: 'packages', name: 'curl', from: null, to: '1.0', security: false });
    expect(await world.store.getLocks(other.id)).toEqual({});
    const answer = await world.app.request(`${path}/${other.id}/lock`, { method: 'POST' });
    expect(LockAnswer.parse(await answer.json())).toEqual({ ...dry, stored: true });
    expect(await world.store.getLocks(other.id)).toEqual({ x86_64: dry.lock });
  });

  it('has only those groups of its lock resolved again that an update names', async () => {
    await world.json('POST', `${path}/${id}/lock`, { update: true, groups: ['packages'] });
    expect(world.toEngine.givenTo('lock').at(-1)?.[2]).toEqual(['packages']);
    await world.json('POST', `${path}/${id}/lock`, { groups: ['packages'] });
    expect(world.toEngine.givenTo('lock').at(-1)?.[2]).toBe(false);
    await problem(await world.json('POST', `${path}/${id}/lock`, { groups: ['hats'] }), 400, 'request.invalid');
  });

  it('is replaced with If-Match only as it was read, and without it always', async () => {
    const read = await world.json('GET', `${path}/${id}`);
    const etag = read.headers.get('etag') ?? '';
    expect(etag).toBe(`"${Distribution.parse(await read.json()).revision}"`);
    const put = (version: string, ifMatch?: string) =>
      world.app.request(`${path}/${id}`, {
        method: 'PUT',
        body: JSON.stringify({ definition: { ...definition, version } }),
        headers: {
          'content-type': 'application/json',
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        },
      });
    const first = await put('0.3', etag);
    expect(first.status).toBe(200);
    const refused = await problem(await put('0.4', etag), 412, 'revision.stale');
    expect(refused.hint).toContain(first.headers.get('etag'));
    await problem(await put('0.4', `W/${first.headers.get('etag')}`), 412, 'revision.stale');
    await problem(await put('0.4', 'mine'), 400, 'request.invalid');
    expect((await stored())[0]).toMatchObject({ version: '0.3' });
    expect((await put('0.5', `"other", ${first.headers.get('etag')}`)).status).toBe(200);
    expect((await put('0.6', '*')).status).toBe(200);
    expect((await put('0.7')).status).toBe(200);
  });

  it('keeps its revision when its lock is stored, and tells when that was', async () => {
    const shown = async () => Distribution.parse(await (await world.json('GET', `${path}/${id}`)).json());
    const before = await shown();
    await world.json('POST', `${path}/${id}/lock`, { update: true });
    const after = await shown();
    expect(after.revision).toBe(before.revision);
    expect(Date.parse(after.lockedAt.x86_64 ?? '')).toBeGreaterThanOrEqual(Date.parse(before.lockedAt.x86_64 ?? ''));
  });

  it('answers a package that does not exist as the problem of the definition', async () => {
    world.runtime.script('resolve', async (stage) =>
      stage.fail({ code: 'package.unknown', message: 'There is no package nosuch.' }),
    );
    const body = await problem(await world.json('POST', `${path}/${id}/lock`, {}), 422, 'package.unknown');
    expect(body).toMatchObject({ type: 'urn:ldf:error:stage.failed', detail: 'There is no package nosuch.' });
  });
});

describe('a definition that is not stored', () => {
  /** The options of the last plan that the API has asked for. */
  const plannedWith = () => world.toEngine.givenTo('plan').at(-1)?.[1];

  it('is validated to a plan, taking a lock of its own architecture into account', async () => {
    const answer = await world.json('POST', `${path}/validate`, { definition, lock, boot: false });
    const options = { boot: false, noCache: false, lock };
    const plan = PlanSummary.parse(await answer.json());
    expect(plan).toEqual(await world.engine.plan(parseDefinition(definition), options));
    expect(plan).toMatchObject({ name: 'gw', version: '1.0', formats: ['raw'] });
    expect(plan.packages).toContainEqual({ name: 'curl', from: '/userland/packages/0' });
    expect(plannedWith()).toEqual(options);
    await world.json('POST', `${path}/validate`, { definition: { ...definition, arch: 'aarch64' }, lock });
    expect(plannedWith()).toEqual({ boot: true, noCache: false, lock: undefined });
    expect(await stored()).toEqual([]);
  });

  it('is validated as one of a stored distribution, with its lock', async () => {
    const { id } = Distribution.parse(await (await world.json('POST', path, { definition, lock })).json());
    await world.json('POST', `${path}/validate`, { definition, distribution: id, noCache: true });
    expect(plannedWith()).toEqual({ boot: true, noCache: true, distributionId: id, lock });
    await problem(await world.json('POST', `${path}/validate`, { definition, distribution: 'd9' }), 404, 'not-found');
  });

  it('is checked without a problem of it being an error, and told which components it could name', async () => {
    const check = async (body: unknown) =>
      DefinitionCheck.parse(await (await world.json('POST', `${path}/check`, body)).json());
    const parsed = parseDefinition(definition);
    const choices = await world.engine.choices(parsed);
    const plan = await world.engine.plan(parsed, { boot: true, lock: undefined });
    expect(await check({ definition })).toEqual({ plan, problem: null, choices });
    expect(choices).toContainEqual({ kind: 'init', name: 'systemd', chosen: true, problems: [] });
    expect(await check({ definition: { name: 'gw' } })).toMatchObject({
      ...{ plan: null, choices: [] },
      problem: { code: 'definition.invalid', errors: [{ pointer: '/arch' }] },
    });
    const broken = await check({ definition: impossible });
    expect(broken.problem?.errors).toMatchObject([{ pointer: '/init' }]);
    expect(broken.choices).toContainEqual(expect.objectContaining({ kind: 'init', name: 'systemd', chosen: false }));
    world.toEngine.failNext('plan', new LdfError('docker.unavailable', 'Docker is away.'));
    await problem(await world.json('POST', `${path}/check`, { definition }), 503, 'docker.unavailable');
  });

  it('is resolved for another architecture than its own', async () => {
    const answer = await world.json('POST', `${path}/lock`, { definition, arch: 'aarch64', update: true });
    expect(LockAnswer.parse(await answer.json()).stored).toBe(false);
    const [resolved, current, update] = world.toEngine.givenTo('lock').at(-1) ?? [];
    expect(resolved).toMatchObject({ name: 'gw', arch: 'aarch64' });
    expect([current, update]).toEqual([undefined, true]);
  });
});
