import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { defaultScripts } from '../../src/runtime/fake/fake-stage.ts';
import { runInPage, test } from './browser.ts';

/** How long the page has gone without drawing a frame since this was asked last, in milliseconds. */
const frameGaps = (page: Page) => page.evaluate<number[]>('frameGaps.splice(0)');

test('a log of 300,000 lines is read, scrolled and searched without a stutter', async ({ factory, visit }) => {
  factory.runtime.script('compile', async (stage) => {
    for (let index = 1; index <= 300_000; index++) {
      stage.log(`  CC [M]  drivers/net/ethernet/example/part${index}.o`);
      if (index % 2000 === 0) await sleep(0);
    }
    return defaultScripts.compile(stage);
  });
  const { id } = await factory.build('large');
  await factory.ended(id);
  const page = await visit('/builds');
  await runInPage(page, 'watch-frames.js');
  await page.getByRole('link', { name: 'large 1.0' }).click();
  await page.getByRole('combobox', { name: 'Stage' }).waitFor();
  await page
    .getByTestId('line-count')
    .filter({ hasText: /^300,00/ })
    .waitFor({ timeout: 60_000 });
  // Beside the server and everything else on a machine that may have two slow cores.
  expect(Math.max(...(await frameGaps(page)))).toBeLessThan(500);

  const log = page.getByLabel('Log of all stages');
  await log.hover();
  for (let turn = 0; turn < 40; turn++) await page.mouse.wheel(0, -40_000);
  const scrolling = (await frameGaps(page)).sort((a, b) => a - b);
  expect(scrolling[Math.floor(scrolling.length / 2)]).toBeLessThan(50);

  await page.getByLabel('Search the log').fill('part123456.o');
  await page.getByTestId('matches').filter({ hasText: '1 match' }).waitFor();
  await page.keyboard.press('Enter');
  await log.locator('[data-match]').getByText('part123456.o').waitFor();
  await page.getByLabel('Search the log').fill('PART29999');
  await page.getByTestId('matches').filter({ hasText: '11 matches' }).waitFor();
  await page.getByRole('button', { name: 'Previous match' }).click();
  await page.getByTestId('matches').filter({ hasText: 'of 11' }).waitFor();
  expect(Math.max(...(await frameGaps(page)))).toBeLessThan(300);
});

test('a line is on the screen within 150 ms of its being written', async ({ factory, visit }) => {
  factory.runtime.script('compile', async (stage) => {
    await sleep(2_500);
    for (let index = 0; index < 60; index++) {
      stage.log(`written at ${Date.now()} ms`);
      await sleep(50);
    }
    return defaultScripts.compile(stage);
  });
  const { id } = await factory.build('quick');
  const page = await visit(`/builds/${id}?stage=compile`);
  await runInPage(page, 'watch-lines.js');
  await factory.ended(id);
  await page.locator('[data-stage="boot"][data-state="succeeded"]').waitFor();
  const seen = (await page.evaluate<number[]>('[...delays.values()]')).sort((a, b) => a - b);
  expect(seen.length).toBeGreaterThan(50);
  expect(seen[Math.floor(seen.length / 2)]).toBeLessThan(150);
});
