/** Key sets through the API: who may what, and that no private key comes out of it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../../src/keys/certificate.ts';
import { KeySet, KeySetList } from '../../../src/model/key-set.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = await ApiWorld.open({ idle: true });
});
afterEach(() => world.close());

const path = '/v1/keys';

describe('key sets', () => {
  it('are created, listed, shown and deleted', async () => {
    const answer = await world.json('POST', path, { name: 'factory' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`${path}/factory`);
    const made = KeySet.parse(await answer.json());
    expect(made).toMatchObject({ name: 'factory', problem: null, artifactProblem: null });
    expect(KeySetList.parse(await (await world.json('GET', path)).json()).items).toEqual([made]);
    expect(KeySet.parse(await (await world.json('GET', `${path}/factory`)).json())).toEqual(made);
    const certificate = await (await world.json('GET', `${path}/factory/certificate`)).text();
    expect(certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/);
    await problem(await world.json('POST', path, { name: 'factory' }), 409, 'name.taken');
    expect((await world.json('DELETE', `${path}/factory`)).status).toBe(204);
    await problem(await world.json('DELETE', `${path}/factory`), 404, 'not-found');
    await problem(await world.json('GET', `${path}/factory/certificate`), 404, 'not-found');
  });

  it('get a key for artifacts where they have none', async () => {
    await problem(await world.json('POST', `${path}/factory/artifact-key`), 404, 'not-found');
    expect((await world.json('POST', path, { name: 'factory' })).status).toBe(201);
    await problem(await world.json('POST', `${path}/factory/artifact-key`), 409, 'state.conflict');
    await rm(join(world.world.dataDir, 'keys', 'factory', 'artifact-key.pem'));
    const answer = await world.json('POST', `${path}/factory/artifact-key`);
    expect(answer.status).toBe(200);
    expect(KeySet.parse(await answer.json()).artifactProblem).toBeNull();
  });

  it('are taken in, and neither answers, errors nor the log hold their keys', async () => {
    const now = Date.now();
    const imported = await makeKeyPair('mine', new Date(now), new Date(now + 86_400_000));
    const other = await makeKeyPair('other', new Date(now), new Date(now + 86_400_000));
    const said = [];
    const ask = async (body: object) => {
      const answer = await world.json('POST', path, body);
      said.push(await answer.text());
      return answer.status;
    };
    expect(await ask({ name: 'mine', imported: { ...imported, privateKey: other.privateKey } })).toBe(400);
    expect(await ask({ name: 'mine', imported: { ...imported, privateKey: { key: imported.privateKey } } })).toBe(400);
    expect(await ask({ name: 'mine', imported: { ...imported, privateKey: 'x'.repeat(20_000) } })).toBe(400);
    expect(await ask({ name: 'mine', imported })).toBe(201);
    said.push(JSON.stringify(world.logged));
    for (const { privateKey } of [imported, other])
      for (const line of privateKey.split('\n').filter((one) => one.length === 64))
        expect(said.join('\n')).not.toContain(line);
    expect(said.join('\n')).not.toContain('xxxx');
  });

  it.each([
    [{ name: 'No name' }, '/name'],
    [{ name: 'x', days: 0 }, '/days'],
    [{ name: 'x', imported: { certificate: 'x' } }, '/imported/privateKey'],
    [{ name: 'x', path: '/etc/shadow' }, '/path'],
  ])('of %j there are none', async (body, pointer) => {
    const refused = await problem(await world.json('POST', path, body), 400, 'request.invalid');
    expect(refused.errors?.map((detail) => detail.pointer)).toContain(pointer);
  });
});
