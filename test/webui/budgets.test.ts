import { expect } from 'vitest';
import { playRealStages } from '../fixtures/webui/scripts.ts';
import { test } from './browser.ts';

/** As the browser got it. */
const scriptBytes = `performance.getEntriesByType('resource')
  .filter(({ name }) => name.endsWith('.js'))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;

test('the first view takes less than 300 kB of script and shows real data within a second', async ({
  factory,
  visit,
}) => {
  playRealStages(factory.runtime, 1, 5);
  const { id } = await factory.build('measured');
  await factory.ended(id);
  // The first page also starts the browser's processes.
  await (await visit('/distributions')).close();
  const page = await visit('/distributions');
  await page.getByRole('link', { name: 'measured' }).first().waitFor();
  const shownMs = await page.evaluate<number>('performance.now()');
  expect(await page.evaluate<number>(scriptBytes)).toBeLessThan(300_000);
  expect(shownMs).toBeLessThan(1_000);
});
