/** The bound for all request bodies together. */
import { Hono } from 'hono';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { boundHeldBodies } from '../../../src/api/held-bodies.ts';
import { errorHandler } from '../../../src/api/problem.ts';
import { problem } from '../../fixtures/problem.ts';

it('refuses a body for which there is no room beside the others, until one of them is answered', async () => {
  const waiting: (() => void)[] = [];
  const app = new Hono();
  app.onError(errorHandler(pino({ level: 'silent' })));
  app.use(boundHeldBodies(100, 60));
  app.post('/', async (c) => {
    await c.req.arrayBuffer();
    await new Promise<void>((resolve) => waiting.push(resolve));
    return c.text('done');
  });
  app.get('/', (c) => c.text('nothing to hold'));
  const post = (length: string | undefined) =>
    app.request('/', { method: 'POST', body: 'x', headers: length === undefined ? {} : { 'content-length': length } });

  const first = post('50');
  // It says more than any may have: it counts as the largest, and refusing it is for others.
  await problem(await post('1000'), 503, 'server.busy');
  const second = post('50');
  for (const length of ['1', undefined, 'nonsense']) await problem(await post(length), 503, 'server.busy');
  expect((await app.request('/')).status).toBe(200);
  await expect.poll(() => waiting.length).toBe(2);
  for (const answer of waiting.splice(0)) answer();
  expect([(await first).status, (await second).status]).toEqual([200, 200]);

  // One of unknown length counts as the largest.
  const unknown = post(undefined);
  await problem(await post('50'), 503, 'server.busy');
  const small = post('40');
  await expect.poll(() => waiting.length).toBe(2);
  for (const answer of waiting.splice(0)) answer();
  expect([(await unknown).status, (await small).status]).toEqual([200, 200]);
});
