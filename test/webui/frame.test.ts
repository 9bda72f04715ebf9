/** What surrounds the views: a lost server, addresses without a page, and how a machine's console is left. */
import { expect } from 'vitest';
import { serverAway } from '../fixtures/webui/chromium.ts';
import { playRealStages } from '../fixtures/webui/scripts.ts';
import { test } from './browser.ts';

const lost = new RegExp(`${serverAway.source}|Failed to fetch dynamically imported module|preload`);

test('views that were not opened yet are loaded beforehand, and open while the server is away', async ({
  factory,
  visit,
}) => {
  const page = await visit('/distributions', { expected: lost });
  // The last of the views.
  await expect
    .poll(() => page.evaluate<string>('performance.getEntriesByType("resource").map(({ name }) => name).join()'))
    .toMatch(/\/assets\/reference-/);
  await factory.stop();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await page.getByText("Can't reach the server. Reconnecting…").waitFor();
  await factory.start();
  await page.getByText('LDF_PORT').waitFor();
});

test('a view that cannot be loaded opens as soon as the server is back', async ({ factory, visit }) => {
  const page = await visit('/healthz', { expected: lost });
  await page.route('**/assets/system-*.js', (route) => route.abort('connectionrefused'));
  await page.goto(`${factory.url}/distributions`);
  await page.getByRole('heading', { level: 1, name: 'Distributions' }).waitFor();
  await factory.stop();
  await page.getByRole('link', { name: 'System' }).click();
  await page.getByText('This page opens as soon as the server can be reached.').waitFor();
  await page.unroute('**/assets/system-*.js');
  await factory.start();
  await page.getByRole('heading', { level: 1, name: 'System' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/system');
});

test('an address without a page says so, and leads on', async ({ visit }) => {
  const page = await visit('/nowhere');
  await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
  await page.getByRole('link', { name: 'Go to Distributions' }).click();
  await page.getByRole('heading', { level: 1, name: 'Distributions' }).waitFor();
});

test('what was deleted offers the list in place of another try', async ({ visit }) => {
  const page = await visit('/builds/01m82knd9xtpk42s2b5zz20nsh', { expected: /404/ });
  await page.getByText('It may have been deleted.').waitFor();
  expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
  await page.getByRole('link', { name: 'See all builds' }).click();
  await page.getByRole('heading', { level: 1, name: 'Builds' }).waitFor();
});

test('a long name is cut with its whole in a title, and squeezes no other cell', async ({ factory, visit }) => {
  const name = 'a-distribution-with-a-name-as-long-as-names-may-be-0123456789ab';
  const { id } = await factory.build(name);
  await factory.ended(id);
  const page = await visit('/builds');
  const row = page.locator(`tr[data-build="${id}"]`);
  expect(await row.getByRole('link').first().getAttribute('title')).toBe(`${name} 1.0`);
  const badge = row.locator('[data-state="succeeded"] .mantine-Badge-label');
  expect(await badge.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
  expect(await row.evaluate((element) => element.clientHeight)).toBeLessThan(70);
});

test('a console leads back to its build, says who can log in and how much time is left, and starts once', async ({
  factory,
  visit,
}) => {
  playRealStages(factory.runtime, 1, 2);
  const users = [{ name: 'root', passwordHash: '$6$salt$hash' }, { name: 'ops' }];
  const { id } = await factory.build('gw', { system: { users } });
  await factory.ended(id);
  const image = (await factory.client.builds.artifacts(id)).find(({ format }) => format === 'raw');
  const page = await visit(`/artifacts/${image?.id}/console`);
  await page.getByText('Running.').waitFor();
  await page.getByText('Log in as root').waitFor();
  await page.getByText(/^(30:00|29:\d\d) left$/).waitFor();
  await page.reload();
  await page.getByText('The VM was powered off when this page was reloaded.').waitFor();
  await page.getByRole('button', { name: 'Boot', exact: true }).click();
  await page.getByText('Running.').waitFor();
  await page.getByRole('link', { name: 'Back to the build' }).click();
  await page.getByRole('tab', { name: 'Artifacts', selected: true }).waitFor();
});

test('a console logs root in where nobody else could, and boots to the prompt when that is wanted', async ({
  factory,
  visit,
}) => {
  playRealStages(factory.runtime, 1, 2);
  const { id } = await factory.build('open');
  await factory.ended(id);
  const image = (await factory.client.builds.artifacts(id)).find(({ format }) => format === 'raw');
  const asked = () =>
    JSON.parse(factory.runtime.started.at(-1)?.files['/ldf/out/request.json'] ?? '').rootLogIn !== undefined;
  const page = await visit(`/artifacts/${image?.id}/console`);
  await page.getByText('Running.').waitFor();
  await page.getByText('no account of the image has a password').waitFor();
  expect(asked()).toBe(true);
  await page.getByRole('button', { name: 'Power off' }).click();
  await page.getByRole('button', { name: 'Boot to the log-in prompt' }).click();
  await page.getByText('nobody can log in here').waitFor();
  await page.getByText('Running.').waitFor();
  expect(asked()).toBe(false);
});

test('the keyboard gets to the content with two keys', async ({ visit }) => {
  const page = await visit('/settings');
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate<string>('document.activeElement.tagName')).toBe('MAIN');
});
