/** What a page costs while nothing happens, and that it hears of what does. */
import type { CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';
import { playRealStages } from '../fixtures/webui/scripts.ts';
import { test } from './browser.ts';
import { tasksDuring } from './main-thread.ts';

/** Long enough for several heartbeats of the stream, and for the list to be asked for again, were there no stream. */
const watchedMs = 40_000;

test('the list of builds costs next to nothing while nothing happens, and shows at once what does', async ({
  factory,
  visit,
}) => {
  playRealStages(factory.runtime, 1, 5);
  for (const name of ['apple', 'pear', 'plum']) await factory.ended((await factory.build(name)).id);
  const page = await visit('/builds');
  await page.getByRole('link', { name: 'plum' }).waitFor();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  // What the first view brings with it is over.
  await page.waitForLoadState('load');
  await page.waitForTimeout(5_000);
  asked.length = 0;
  const session = await page.context().newCDPSession(page);
  const bytes = await countBytes(session);
  const tasks = await tasksDuring(page, () => page.waitForTimeout(watchedMs));
  const perMinute = (sum: number) => (sum * 60_000) / watchedMs;
  const share = tasks.reduce((sum, ms) => sum + ms, 0) / watchedMs;
  expect(asked, 'requests while nothing happened').toEqual([]);
  expect(perMinute(bytes()), 'bytes a minute').toBeLessThanOrEqual(20 << 10);
  expect(share, 'share of a core').toBeLessThanOrEqual(0.01);

  const { id } = await factory.build('cherry');
  await page.locator(`[data-build="${id}"]`).getByText('booted in').waitFor();
  expect(await orderOf(page)).toEqual(['cherry', 'plum', 'pear', 'apple']);
  expect(asked.filter((path) => path === '/v1/builds')).toEqual([]);
  await factory.client.builds.remove(id);
  await page.locator(`[data-build="${id}"]`).waitFor({ state: 'detached' });
});

test('one stream serves the lists of a page, and is left alone by the page of a build', async ({ factory, visit }) => {
  playRealStages(factory.runtime, 1, 5);
  factory.runtime.script('compile', async () => new Promise<never>(() => undefined));
  const { id } = await factory.build('watched');
  const page = await visit('/distributions');
  const open = watchStreams(page);
  await page.reload();
  await page.getByRole('link', { name: 'watched' }).first().waitFor();
  await expect.poll(open).toEqual(['/v1/events']);
  await page.getByRole('link', { name: 'Builds', exact: true }).click();
  await page.locator(`[data-build="${id}"]`).getByText('compile').waitFor();
  expect(open()).toEqual(['/v1/events']);
  await page.locator(`[data-build="${id}"]`).getByRole('link').click();
  await expect.poll(open).toEqual([`/v1/builds/${id}/events`]);
  await page.getByRole('link', { name: 'Builds', exact: true }).click();
  await expect.poll(open).toEqual(['/v1/events']);
  await factory.client.builds.cancel(id);
  await page.locator(`[data-build="${id}"]`).getByText('cancelled').waitFor();
});

/** The names of the builds that are listed, in their order. */
async function orderOf(page: Page): Promise<string[]> {
  const texts = await page.locator('[data-build] a').allTextContents();
  return texts.map((text) => text.split(' ')[0] ?? '');
}

/** Bytes that come over the wire from now on, headers and compressed bodies. */
async function countBytes(session: CDPSession): Promise<() => number> {
  let sum = 0;
  await session.send('Network.enable');
  session.on('Network.dataReceived', ({ encodedDataLength, dataLength }) => {
    sum += encodedDataLength > 0 ? encodedDataLength : dataLength;
  });
  session.on('Network.responseReceived', ({ response }) => {
    sum += response.encodedDataLength;
  });
  return () => sum;
}

/** Paths of the event streams that are open now. */
function watchStreams(page: Page): () => string[] {
  const open = new Map<object, string>();
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/v1\/(builds\/[^/]+\/)?events$/.test(pathname)) open.set(request, pathname);
  });
  page.on('requestfinished', (request) => void open.delete(request));
  page.on('requestfailed', (request) => void open.delete(request));
  return () => [...open.values()];
}
