/** The command palette, keys, the tab's icon, the notification at the end, and actions as commands for a shell. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { defaultScripts } from '../../src/runtime/fake/fake-stage.ts';
import { playRealStages } from '../fixtures/webui/scripts.ts';
import { withResolvers } from '../fixtures/with-resolvers.ts';
import { test } from './browser.ts';

const palette = (page: Page) => page.getByRole('combobox', { name: 'Search or run a command' });

test('the command palette goes to distributions, builds and views, and does what the page can', async ({
  factory,
  visit,
}) => {
  const { id, distributionId } = await factory.build('gateway');
  await factory.ended(id);
  const page = await visit('/system');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Control+k');
  await palette(page).pressSequentially('edit gat');
  await page.getByRole('option', { name: 'Edit gateway' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/distributions/${distributionId}/edit`));
  await page.keyboard.press('Control+k');
  await palette(page).pressSequentially('gateway succeeded');
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/builds/${id}`));
  await page.getByRole('button', { name: 'Run again…' }).waitFor();
  await page
    .getByRole('button', { name: /^Search/ })
    .filter({ visible: true })
    .click();
  await page.getByRole('option', { name: /Run again…/ }).click();
  await page.getByRole('dialog', { name: /Run gateway/ }).waitFor();
});

test('Enter in the command palette waits for what is still looked for', async ({ factory, visit }) => {
  const { id, distributionId } = await factory.build('gateway');
  await factory.ended(id);
  const page = await visit('/settings');
  const { promise: listsMayCome, resolve: letListsCome } = withResolvers<void>();
  await page.route(/\/v1\/(builds|distributions)\b/, async (route) => {
    await listsMayCome;
    await route.continue();
  });
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Control+k');
  await palette(page).pressSequentially('edit gat');
  await page.getByText('Searching…').waitFor();
  await page.keyboard.press('Enter');
  letListsCome();
  await page.waitForURL(new RegExp(`/distributions/${distributionId}/edit`));
});

test('keys go to views and do what the page can; the list of them tells which, and switches them off', async ({
  factory,
  visit,
}) => {
  const { id, distributionId } = await factory.build('keys');
  await factory.ended(id);
  const page = await visit('/builds');
  await page.getByRole('heading', { name: 'Builds' }).waitFor();
  const distributions = page.getByRole('heading', { name: 'Distributions' });
  // The second key has to follow soon, which a busy machine may not manage.
  await expect
    .poll(async () => {
      await page.keyboard.press('g');
      await page.keyboard.press('d');
      return distributions.isVisible();
    })
    .toBe(true);
  await page.keyboard.press('/');
  await page.locator('input[aria-label="Search"]:focus').waitFor();
  // What is typed into a field is text.
  await page.keyboard.type('gb?');
  expect(await page.getByLabel('Search', { exact: true }).inputValue()).toBe('gb?');
  await page.goto(`${factory.url}/distributions/${distributionId}`);
  await page.getByRole('button', { name: 'Build', exact: true }).waitFor();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.getByRole('row', { name: 'Build keys… b' }).waitFor();
  await help.getByRole('switch', { name: 'Single-key shortcuts' }).uncheck({ force: true });
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'hidden' });
  await page.keyboard.press('b');
  await page.keyboard.press('Control+k');
  await palette(page).waitFor();
  await page.keyboard.press('Escape');
  await palette(page).waitFor({ state: 'hidden' });
  expect(await page.getByRole('button', { name: 'Start build' }).count()).toBe(0);
  await page.evaluate('localStorage.clear()');
  await page.keyboard.press('b');
  await page.getByRole('button', { name: 'Start build' }).waitFor();
});

test('the tab tells by its icon how a build stands, and its end is notified to who has asked for it', async ({
  factory,
  visit,
}) => {
  let finish: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  factory.runtime.script('assemble', async (stage) => {
    await held;
    return defaultScripts.assemble(stage);
  });
  const { id } = await factory.build('watched');
  const page = await visit(`/builds/${id}`);
  await page.context().grantPermissions([]);
  const icon = page.locator('link[rel=icon]');
  await expect.poll(() => icon.getAttribute('href')).toMatch(/^data:image\/svg\+xml,.*stroke-dasharray/);
  await page.getByRole('button', { name: 'Notify me' }).click();
  await page.getByRole('button', { name: 'You will be notified' }).waitFor();
  await page.getByRole('link', { name: 'System' }).click();
  await expect.poll(() => icon.getAttribute('href')).toBe('/icon.svg');
  finish();
  await page.getByText('The build succeeded.').waitFor();
});

test('what a button does can be taken along as a command or a request', async ({ factory, visit }) => {
  playRealStages(factory.runtime, 1, 2);
  const { id, distributionId } = await factory.build('copied');
  await factory.ended(id);
  const page = await visit(`/distributions/${distributionId}?build=true`);
  const sheet = page.getByRole('dialog');
  await sheet.getByText('Makes raw for x86_64 from the pinned versions, and boots the result.').waitFor();
  await sheet.getByRole('button', { name: 'Details' }).click();
  await sheet.getByRole('switch', { name: 'No cache' }).check();
  await sheet.getByText('rebuilding everything').waitFor();
  await sheet.getByRole('button', { name: 'Copy as…' }).click();
  await page.getByRole('menuitem', { name: 'Command line' }).click();
  await page.getByText('ldf build copied --no-cache').waitFor();
  await sheet.getByRole('button', { name: 'Copy as…' }).click();
  await page.getByRole('menuitem', { name: 'curl' }).click();
  await page.getByText(`${factory.url}/v1/distributions/${distributionId}/build`).waitFor();
  await page.goto(`${factory.url}/builds/${id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Copy as…' }).hover();
  await page.getByRole('menuitem', { name: 'Retry: Command line' }).click();
  await page.getByText(`ldf retry ${id}`).waitFor();
});
