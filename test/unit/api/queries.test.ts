/** The queries as the API takes them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiWorld } from '../../fixtures/engine/api-world.ts';
import { problem } from '../../fixtures/problem.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await ApiWorld.open();
});
afterAll(() => world.close());

const packages = (body: unknown) => world.json('POST', '/v1/queries/packages', body);
const kconfig = (body: unknown) => world.json('POST', '/v1/queries/kconfig', body);

describe('queries', () => {
  // First: once the few packages of the stand-in are known, those of a definition are not among them.
  it('give the configuration of a definition and of a build', async () => {
    const body = { definition: { name: 'gw', arch: 'x86_64' } };
    const ask = (more: object = {}) => world.json('POST', '/v1/queries/kernel-config', { ...body, ...more });
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ version: '6.12.57', cached: false, config: expect.any(String) });
    const wrong = { definition: { ...body.definition, kernel: { config: { base: 'nosuch' } } } };
    expect((await problem(await ask(wrong), 422, 'definition.impossible')).errors).toMatchObject([
      { pointer: '/definition/kernel/config/base' },
    ]);
    await problem(await world.json('GET', '/v1/builds/nosuch/kernel-config'), 404, 'not-found');
  });

  it('search packages, with a limit that may be left out', async () => {
    const answer = await packages({ suite: 'trixie', arch: 'x86_64', text: 'curl' });
    expect(await answer.json()).toMatchObject({ items: [{ name: 'curl' }, { name: 'libcurl4t64' }], total: 2 });
    expect(world.toEngine.givenTo('queryPackages')).toEqual([
      [{ suite: 'trixie', arch: 'x86_64', text: 'curl', limit: 20 }],
    ]);
  });

  it('search options of a kernel', async () => {
    const answer = await kconfig({ arch: 'x86_64', source: 'debian', version: '6.12', text: 'e1000', limit: 5 });
    expect(await answer.json()).toMatchObject({ items: [{ symbol: 'CONFIG_E1000' }], total: 1 });
  });

  it('refuse what cannot be a query, with its place', async () => {
    const { errors } = await problem(
      await packages({ suite: 'tri xie\ndeb', arch: 'mips', text: 'x', limit: 1000 }),
      400,
      'request.invalid',
    );
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual(['/arch', '/limit', '/suite']);
  });

  it('say why there is no answer', async () => {
    const { errors } = await problem(
      await kconfig({ arch: 'x86_64', version: '4.4', text: '' }),
      422,
      'definition.impossible',
    );
    expect(errors).toEqual([
      {
        ...{ pointer: '/version', value: '"4.4"', message: 'kernel/debian does not offer 4.4' },
        hint: expect.stringContaining('It offers 6.12'),
      },
    ]);
  });
});
