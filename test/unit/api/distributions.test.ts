/** Distributions, their plans and their locks through the API. */

import { beforeEach, describe, expect, it } from 'vitest';
import { LdfError } from '../../../src/errors.ts';
import { DefinitionCheck } from '../../../src/model/check.ts';
import { Distribution } from '../../../src/model/distribution.ts';
import { LockAnswer } from '../../../src/model/lock.ts';
import { PlanSummary } from '../../../src/model/plan.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { definition, lock, plan } from './fake-builds.ts';
import { createWorld, problem, type World } from './fakes.ts';

let world: World;
const path = '/v1/distributions';

beforeEach(async () => {
  world = await createWorld();
});

describe('adding a distribution', () => {
  it('keeps the definition as it was written, plans it, and names the new one', async () => {
    const answer = await world.json('POST', path, { definition, lock });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/v1/distributions/d1');
    const shape = Distribution.parse(await answer.json());
    expect(shape).toMatchObject({ name: 'gw', version: '1.0', definition, locks: { x86_64: lock } });
    const [, planned, options] = world.builds.calls.find(([method]) => method === 'plan') ?? [];
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

  it('names every fault of the definition by its place in the body', async () => {
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
    const details = [{ pointer: '/bootloader', message: 'is not there' }];
    world.builds.failures.set('plan', new LdfError('definition.impossible', 'gw cannot be built.', { details }));
    const body = await problem(await world.json('POST', path, { definition }), 422, 'definition.impossible');
    expect(body.errors).toEqual([{ pointer: '/definition/bootloader', message: 'is not there' }]);
    expect(world.store.distributions.size).toBe(0);
  });

  it('tells a faulty lock and a taken name apart', async () => {
    const faulty = await problem(
      await world.json('POST', path, { definition, lock: { version: 2, arch: 'x86_64' } }),
      400,
      'lock.invalid',
    );
    expect(faulty.errors?.[0]?.pointer).toBe('/lock/version');
    await world.json('POST', path, { definition });
    await problem(await world.json('POST', path, { definition }), 409, 'name.taken');
  });
});

describe('a stored distribution', () => {
  beforeEach(async () => {
    await world.json('POST', path, { definition, lock });
  });

  it('is listed without its definition, by name if asked, with the images of its last build', async () => {
    const artifact = {
      buildId: 'b1',
      storedBytes: 1,
      sha256: 'x',
      verdict: null,
      createdAt: new Date(),
      removedAt: null,
    };
    world.store.artifacts.set('a1', {
      ...artifact,
      id: 'a1',
      name: 'gw.qcow2',
      ...earlierFacts('qcow2'),
      sizeBytes: 96,
    });
    world.store.artifacts.set('a2', { ...artifact, id: 'a2', name: 'gw.sbom', ...earlierFacts('sbom'), sizeBytes: 5 });
    const answer = await (await world.app.request(`${path}?name=gw&limit=1`)).json();
    expect(answer).toEqual({
      items: [
        {
          id: 'd1',
          name: 'gw',
          version: '1.0',
          arch: 'x86_64',
          components: expect.arrayContaining([
            { kind: 'init', name: 'systemd' },
            { kind: 'format', name: 'raw' },
          ]),
          createdAt: '2026-01-02T03:04:05.000Z',
          updatedAt: '2026-01-02T03:04:05.000Z',
          lastBuild: {
            ...{ id: 'b1', state: 'running', createdAt: '2026-01-02T03:04:05.000Z', verdict: null },
            images: [{ format: 'qcow2', sizeBytes: 96 }],
          },
        },
      ],
      nextCursor: null,
    });
    expect(await (await world.app.request(`${path}?name=other`)).json()).toMatchObject({ items: [] });
  });

  it('is replaced, keeping its lock when none is sent', async () => {
    const answer = await world.json('PUT', `${path}/d1`, { definition: { ...definition, version: '2.0' } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ id: 'd1', version: '2.0', locks: { x86_64: lock } });
    await problem(await world.json('PUT', `${path}/d9`, { definition }), 404, 'not-found');
  });

  it('is removed', async () => {
    expect((await world.json('DELETE', `${path}/d1`)).status).toBe(204);
    await problem(await world.json('GET', `${path}/d1`), 404, 'not-found');
    await problem(await world.json('DELETE', `${path}/d1`), 404, 'not-found');
  });

  it('shows the lock of one architecture', async () => {
    expect(await (await world.json('GET', `${path}/d1/locks/x86_64`)).json()).toEqual(lock);
    await problem(await world.json('GET', `${path}/d1/locks/aarch64`), 404, 'not-found');
    await problem(await world.json('GET', `${path}/d1/locks/mips`), 404, 'not-found');
  });

  it('has its lock resolved and stored, or only told with dryRun', async () => {
    world.store.locks.clear();
    const dry = LockAnswer.parse(await (await world.json('POST', `${path}/d1/lock`, { dryRun: true })).json());
    expect(dry).toMatchObject({ stored: false, changes: [{ name: 'curl', from: null, to: '8.0' }] });
    expect(world.store.locks.size).toBe(0);
    const stored = await world.app.request(`${path}/d1/lock`, { method: 'POST' });
    expect(await stored.json()).toMatchObject({ stored: true });
    expect(world.store.locks.get('d1')).toEqual(lock);
  });

  it('answers a package that does not exist as the fault of the definition', async () => {
    const failure = new LdfError('stage.failed', 'There is no package nosuch.', { subcode: 'package.unknown' });
    world.builds.failures.set('lock', failure);
    const body = await problem(await world.json('POST', `${path}/d1/lock`, {}), 422, 'package.unknown');
    expect(body).toMatchObject({ type: 'urn:ldf:error:stage.failed', detail: 'There is no package nosuch.' });
  });
});

describe('a definition that is not stored', () => {
  it('is validated to a plan, taking a lock of its own architecture into account', async () => {
    const answer = await world.json('POST', `${path}/validate`, { definition, lock, boot: false });
    expect(PlanSummary.parse(await answer.json())).toEqual(plan);
    expect(world.builds.calls.at(-1)?.[2]).toEqual({ boot: false, noCache: false, lock });
    await world.json('POST', `${path}/validate`, { definition: { ...definition, arch: 'aarch64' }, lock });
    expect(world.builds.calls.at(-1)?.[2]).toEqual({ boot: true, noCache: false, lock: undefined });
    expect(world.store.distributions.size).toBe(0);
  });

  it('is validated as one of a stored distribution, with its lock', async () => {
    await world.json('POST', path, { definition, lock });
    await world.json('POST', `${path}/validate`, { definition, distribution: 'd1', noCache: true });
    expect(world.builds.calls.at(-1)?.[2]).toEqual({ boot: true, noCache: true, distributionId: 'd1', lock });
    await problem(await world.json('POST', `${path}/validate`, { definition, distribution: 'd9' }), 404, 'not-found');
  });

  it('is checked without a fault of it being an error, and told which components it could name', async () => {
    const check = async (body: unknown) =>
      DefinitionCheck.parse(await (await world.json('POST', `${path}/check`, body)).json());
    expect(await check({ definition })).toEqual({
      ...{ plan, problem: null },
      choices: [{ kind: 'init', name: 'systemd', chosen: true, faults: [] }],
    });
    expect(await check({ definition: { name: 'gw' } })).toMatchObject({
      ...{ plan: null, choices: [] },
      problem: { code: 'definition.invalid', errors: [{ pointer: '/arch' }] },
    });
    const details = [{ pointer: '/bootloader', message: 'is not there' }];
    world.builds.failures.set('plan', new LdfError('definition.impossible', 'gw cannot be built.', { details }));
    expect(await check({ definition })).toMatchObject({ problem: { errors: details }, choices: [{ name: 'systemd' }] });
    world.builds.failures.set('plan', new LdfError('docker.unavailable', 'Docker is away.'));
    await problem(await world.json('POST', `${path}/check`, { definition }), 503, 'docker.unavailable');
  });

  it('is resolved for another architecture than its own', async () => {
    const answer = await world.json('POST', `${path}/lock`, { definition, arch: 'aarch64', update: true });
    expect(LockAnswer.parse(await answer.json()).stored).toBe(false);
    const [, resolved, current, update] = world.builds.calls.at(-1) ?? [];
    expect(resolved).toMatchObject({ name: 'gw', arch: 'aarch64' });
    expect([current, update]).toEqual([undefined, true]);
  });
});
