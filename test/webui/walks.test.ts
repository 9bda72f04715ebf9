/** Whole walks of those who use LDF, counted in clicks where that is what was promised. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { defaultScripts } from '../../src/runtime/fake/fake-stage.ts';
import { playRealStages } from '../fixtures/webui/scripts.ts';
import { moveArchives } from '../fixtures/webui/updates.ts';
import { withResolvers } from '../fixtures/with-resolvers.ts';
import { test } from './browser.ts';

/** Presses of a button or a finger from here on. */
async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate('window.presses = 0; addEventListener("pointerdown", () => { window.presses += 1; }, true)');
  return () => page.evaluate<number>('window.presses');
}

test('a newcomer comes from an empty list to the console of an image that booted, in twelve clicks at most', async ({
  factory,
  visit,
}) => {
  playRealStages(factory.runtime, 1, 5);
  const page = await visit('/');
  const clicks = await countClicks(page);
  await page.getByRole('link', { name: 'Start from instant' }).click();
  await page.getByRole('tab', { name: 'System' }).click();
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).click();
  await page.keyboard.type('ops');
  await page.getByLabel('Password', { exact: true }).click();
  await page.keyboard.type('correct horse');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('A password is set.').waitFor();
  await page.getByText('No problems found').waitFor();
  await page.getByRole('button', { name: 'Save and build' }).click();
  await page.getByRole('dialog').getByText('and boots the result').waitFor();
  await page.getByRole('button', { name: 'Start build' }).click();
  const card = page.getByRole('region', { name: 'The image' });
  await card.getByText('booted in 13s').waitFor();
  await card.getByText('Log in as ops').waitFor();
  await card.getByRole('link', { name: 'Boot in browser' }).click();
  await page.getByText('Running. Click the console to type.').waitFor();
  await page.locator('.xterm').click();
  expect(await clicks()).toBeLessThanOrEqual(12);
});

test('a failed build is fixed and built with two clicks', async ({ factory, visit }) => {
  factory.runtime.script('package', async (stage) =>
    stage.fail({
      code: 'image.too-small',
      message: "The image's content does not fit a disk of 300M: it needs at least 949M.",
      details: [
        {
          pointer: '/image/size',
          message: 'must be at least 949M',
          fixes: [{ pointer: '/image/size', from: '300M', to: '949M' }],
        },
      ],
    }),
  );
  const { id } = await factory.build('small', { image: { formats: ['raw'], size: '300M' } });
  await factory.ended(id);
  factory.runtime.script('package', defaultScripts.package);
  const page = await visit('/builds');
  const clicks = await countClicks(page);
  await page.getByRole('link', { name: /^small 1\.0/ }).click();
  await page.getByRole('button', { name: 'Set image.size to 949M and rebuild' }).click();
  await page.getByRole('heading', { name: 'small 1.0 #2' }).waitFor();
  await page.locator('[data-stage="boot"][data-state="succeeded"]').waitFor();
  expect(await clicks()).toBe(2);
});

test('an update is found, reviewed and built from the list in four clicks', async ({ factory, visit }) => {
  const { id } = await factory.build('gw', { userland: { packages: ['curl'] } });
  await factory.ended(id);
  moveArchives(factory.runtime, { curl: 'security 8.2' });
  const page = await visit('/distributions');
  const clicks = await countClicks(page);
  await page.getByRole('link', { name: 'gw', exact: true }).first().click();
  await page.getByRole('button', { name: 'Check for updates' }).click();
  await page.getByText('1 update, 1 security').waitFor();
  await page.getByRole('button', { name: 'Review updates…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('row', { name: /^curl security 1\.0 8\.2/ })
    .waitFor();
  await page.getByRole('button', { name: 'Update and build' }).click();
  await page.getByRole('heading', { name: 'gw 1.0 #2' }).waitFor();
  await page.getByRole('region', { name: 'The image' }).waitFor();
  expect(await clicks()).toBe(4);
});

test('on a phone a build is started, watched, and its image downloaded', async ({ factory, visit }) => {
  const seen = withResolvers<void>();
  playRealStages(factory.runtime, 20, 30, (stage) => (stage === 'assemble' ? seen.promise : Promise.resolve()));
  const definition = { name: 'pocket', version: '1.0', arch: 'x86_64', image: { formats: ['raw'] } };
  await factory.client.distributions.create({ definition });
  const page = await visit('/distributions', { width: 390, height: 844 });
  await page.getByRole('button', { name: 'Build pocket' }).filter({ visible: true }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText('and boots the result').waitFor();
  const start = sheet.getByRole('button', { name: 'Start build' });
  expect(await start.boundingBox()).toMatchObject({ y: expect.toSatisfy((y: number) => y < 844 - 36) });
  await start.click();
  await page.locator('[data-stage="assemble"][data-state="running"]').waitFor();
  await expect.poll(() => page.title()).toMatch(/^▶ \d+ % pocket #1/);
  // It is on the screen while it is at work; what has ended well folds.
  await page
    .getByText(/Unpacking example-package/)
    .first()
    .waitFor();
  seen.resolve();
  const card = page.getByRole('region', { name: 'The image' });
  await card.getByText('booted in 13s').waitFor();
  const download = page.waitForEvent('download');
  await card.getByRole('link', { name: /^Download/ }).click();
  expect((await download).suggestedFilename()).toBe('pocket-1.0.raw');
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
});
