import { expect } from 'vitest';
import { test } from './browser.ts';

test('a view that could not be loaded is loaded again', async ({ factory, visit }) => {
  const { id } = await factory.build('gw');
  await factory.ended(id);
  const page = await visit('/healthz', { expected: /ERR_FAILED|Failed to fetch dynamically imported module|preload/ });
  let failures = 0;
  await page.route('**/assets/build-*.js', (route) => (failures++ === 0 ? route.abort() : route.continue()));
  await page.goto(`${factory.url}/builds`);
  await page.locator(`tr[data-build="${id}"]`).getByRole('link').first().click();
  await page.locator('[data-stage="assemble"][data-state="succeeded"]').waitFor();
  expect(failures).toBe(2);
  expect(new URL(page.url()).pathname).toBe(`/builds/${id}`);
});

test('a page whose program or style sheet could not be loaded loads itself again', async ({ factory, visit }) => {
  await factory.build('gw');
  for (const part of ['index-*.js', 'libraries-*.js', 'libraries-*.css']) {
    // Each visit has a session and a cache of its own.
    const page = await visit('/healthz', { expected: /ERR_FAILED/ });
    let loads = 0;
    page.on('request', (request) => {
      if (request.isNavigationRequest()) loads++;
    });
    await page.route(`**/assets/${part}`, (route) => (loads === 1 ? route.abort() : route.continue()));
    await page.goto(`${factory.url}/builds`);
    await page.getByRole('link', { name: 'gw' }).first().waitFor();
    expect(loads, part).toBe(2);
  }
});
