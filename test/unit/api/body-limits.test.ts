/** Bodies are bounded by what their route has a use for. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiBounds } from '../../../src/config.ts';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';

const { maxBodyBytes, maxComponentBodyBytes } = apiBounds;

let world: ApiWorld;

beforeAll(async () => {
  world = await ApiWorld.open({ idle: true });
});
afterAll(() => world.close());

it.each([
  ['POST', '/v1/queries/packages', maxBodyBytes],
  ['POST', '/v1/gc', maxBodyBytes],
  ['POST', '/v1/distributions/d1/build', maxBodyBytes],
  ['POST', '/v1/distributions/d1/lock', maxBodyBytes],
  ['POST', '/v1/builds/b1/retry', maxBodyBytes],
  ['POST', '/v1/components', maxComponentBodyBytes],
  ['PUT', '/v1/components/init/x', maxComponentBodyBytes],
])('%s %s takes no more than %i bytes', async (method, path, bytes) => {
  const headers = { 'content-type': 'application/json' };
  const { detail } = await problem(
    await world.app.request(path, { method, headers, body: ' '.repeat(bytes + 1) }),
    413,
    'body.too-large',
  );
  expect(detail).toMatch(/larger than (64 KiB|1 MiB)/);
  expect((await world.app.request(path, { method, headers, body: ' '.repeat(bytes) })).status).not.toBe(413);
});

it('a definition may be large', async () => {
  const definition = { name: 'a', arch: 'x86_64', system: { files: [{ path: '/a', content: 'x'.repeat(2 << 20) }] } };
  expect((await world.json('POST', '/v1/distributions', { definition })).status).toBe(201);
});
