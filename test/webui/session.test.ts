/** Coming in, staying, and being thrown out in the middle of something. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { serverAway } from '../fixtures/webui/chromium.ts';
import { standInToken } from '../fixtures/webui/stand-in-token.ts';
import { test } from './browser.ts';
import { gate } from './gate.ts';

const unauthorized = /401 \(Unauthorized\)/;
const atDistributions = (page: Page) => page.getByRole('heading', { level: 1, name: 'Distributions' }).waitFor();

test('a page without a session asks for the token, and shows what was asked for once it is there', async ({
  visit,
}) => {
  const page = await visit('/builds', { signedIn: false, expected: unauthorized });
  await page.getByRole('heading', { level: 1, name: 'Sign in to LDF' }).waitFor();
  await page.getByLabel('Token', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This is not the token.').waitFor();
  await page.getByLabel('Token', { exact: true }).fill(` ${standInToken}\n`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Builds' }).waitFor();
  const [cookie, ...others] = await page.context().cookies();
  expect(others).toEqual([]);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
  expect(cookie?.name).toBe(`ldf_session_${new URL(page.url()).port}`);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Builds' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sign in to LDF' }).waitFor();
  expect(await page.context().cookies()).toEqual([]);
});

test('a link signs in once, and leaves nothing in the address', async ({ factory, visit }) => {
  const { code } = await factory.client.session.code();
  const page = await visit(`/distributions#code=${code}`, { signedIn: false });
  await atDistributions(page);
  expect(page.url()).toBe(`${factory.url}/distributions`);
  const second = await visit(`/distributions#code=${code}`, { signedIn: false, expected: unauthorized });
  await second.getByText('The link was used, or is too old.').waitFor();
  expect(second.url()).toBe(`${factory.url}/distributions`);
});

test('a session that ends leaves the page, what was typed, and the build that is followed', async ({
  factory,
  visit,
}) => {
  const form = await visit('/distributions/new', { expected: unauthorized });
  await form.getByLabel('Name', { exact: false }).first().fill('half-written');
  await form.context().clearCookies();
  const dialog = form.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor();
  await dialog.getByLabel('Token', { exact: true }).fill(standInToken);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(await form.getByLabel('Name', { exact: false }).first().inputValue()).toBe('half-written');

  const step = gate();
  factory.runtime.script('compile', async (container) => {
    container.log('before');
    await step.opened;
    container.log('after');
    // The page of a build that has failed shows the log of the stage that did.
    return new Promise<never>(() => undefined);
  });
  const { id } = await factory.build('watched');
  const page = await visit(`/builds/${id}`, { expected: unauthorized });
  const log = page.getByLabel('Log of all stages');
  await log.getByText('before', { exact: true }).waitFor();
  await page.context().clearCookies();
  const over = page.getByRole('dialog', { name: 'Your session has ended' });
  await over.waitFor();
  await over.getByLabel('Token', { exact: true }).fill(standInToken);
  await over.getByRole('button', { name: 'Sign in' }).click();
  await over.waitFor({ state: 'hidden' });
  step.open();
  await log.getByText('after', { exact: true }).waitFor();
});

test('a session outlives a restart of the server', async ({ factory, visit }) => {
  const page = await visit('/distributions', { expected: serverAway });
  await atDistributions(page);
  await factory.stop();
  await factory.start();
  await page.reload();
  await atDistributions(page);
});

test('the reference page asks as who has signed in', async ({ factory, visit }) => {
  const page = await visit('/docs');
  const status = await page.evaluate<number>('fetch("/v1/system").then(({ status }) => status)');
  expect(status).toBe(200);
  expect(factory.url).toBe(new URL(page.url()).origin);
});

test.for([
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
  ['dark', 360],
] as const)('the sign-in page is for everybody: %s, %i pixels', async ([scheme, width], { visit }) => {
  const page = await visit('/', { scheme, width, signedIn: false });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate<{ violations: { id: string }[] }>('axe.run()');
  expect(violations.map(({ id }) => id)).toEqual([]);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  const pictures = process.env.LDF_TEST_PICTURES;
  if (pictures) await page.screenshot({ path: `${pictures}/sign-in-${scheme}-${width}.png` });
});
