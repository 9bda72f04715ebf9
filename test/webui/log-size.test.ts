import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { defaultScripts } from '../../src/runtime/fake/fake-stage.ts';
import { runInPage, test } from './browser.ts';
import { gate } from './gate.ts';
import { tasksDuring } from './main-thread.ts';

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
  const log = page.getByLabel('Log of all stages');
  const [longestOfReading] = await tasksDuring(page, async () => {
    await page.getByRole('link', { name: 'large 1.0' }).click();
    await page.getByRole('combobox', { name: 'Stage' }).waitFor();
    await log.getByRole('button', { name: /^compile.*300,00/ }).click();
    await page
      .getByTestId('line-count')
      .filter({ hasText: /^300,00/ })
      .waitFor();
  });
  expect(longestOfReading).toBeLessThan(500);

  const [longestOfScrolling] = await tasksDuring(page, async () => {
    await log.hover();
    for (let turn = 0; turn < 40; turn++) await page.mouse.wheel(0, -40_000);
  });
  expect(longestOfScrolling).toBeLessThan(200);
  // What is on the screen and a little around it, not the 300,000 lines.
  expect(await page.evaluate<number>('document.querySelectorAll("*").length')).toBeLessThan(2_000);

  const [longestOfSearching] = await tasksDuring(page, async () => {
    await page.getByLabel('Search the log').fill('part123456.o');
    await page.getByTestId('matches').filter({ hasText: '1 match' }).waitFor();
    await page.keyboard.press('Enter');
    await log.locator('[data-match]').getByText('part123456.o').waitFor();
    await page.getByLabel('Search the log').fill('PART29999');
    await page.getByTestId('matches').filter({ hasText: '11 matches' }).waitFor();
    await page.getByRole('button', { name: 'Previous match' }).click();
    await page.getByTestId('matches').filter({ hasText: 'of 11' }).waitFor();
  });
  expect(longestOfSearching).toBeLessThan(300);
});

test('a line is on the screen within 150 ms of its being written', async ({ factory, visit }) => {
  const screen = new EventEmitter<Record<`line ${number}`, []>>();
  const watched = gate();
  const delaysMs: number[] = [];
  factory.runtime.script('compile', async (stage) => {
    await watched.opened;
    // The next one is written when this one has been seen: what any part of the way waits for is in each of the delays.
    for (let number = 1; number <= 60; number++) {
      const shown = once(screen, `line ${number}`);
      const writtenMs = performance.now();
      stage.log(`line ${number} is written`);
      await shown;
      delaysMs.push(performance.now() - writtenMs);
    }
    return defaultScripts.compile(stage);
  });
  const { id } = await factory.build('quick');
  const page = await visit(`/builds/${id}?stage=compile`);
  await page.exposeFunction('lineShown', (number: number) => screen.emit(`line ${number}`));
  await runInPage(page, 'watch-lines.js');
  watched.open();
  await factory.ended(id);
  expect(delaysMs).toHaveLength(60);
  // What a busy machine adds comes and goes.
  expect(Math.min(...delaysMs)).toBeLessThan(150);
});
