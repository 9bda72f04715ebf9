import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { playRealStages } from '../fixtures/webui/scripts.ts';
import { test } from './browser.ts';

/** As the browser got it. */
const scriptBytes = `performance.getEntriesByType('resource')
  .filter(({ name }) => name.endsWith('.js'))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;

test('the first view takes less than 300 kB of script and a second of processor time until it shows real data', async ({
  factory,
  visit,
}) => {
  playRealStages(factory.runtime, 1, 5);
  const { id } = await factory.build('measured');
  await factory.ended(id);
  // The first page also starts the browser's processes; after that, what else the machine does only adds to the time.
  await (await visit('/distributions')).close();
  const seconds: number[] = [];
  for (let visits = 0; visits < 3; visits++) {
    const page = await visit('/healthz');
    const measured = await startMeasuring(page);
    await page.goto(`${factory.url}/distributions`);
    await page.getByRole('link', { name: 'measured' }).first().waitFor();
    seconds.push(await measured());
    expect(await page.evaluate<number>(scriptBytes)).toBeLessThan(300_000);
    await page.close();
  }
  expect(Math.min(...seconds)).toBeLessThan(1);
});

/** Processor time that the page's main thread takes from here on, in seconds: what else the machine does is not in it. */
async function startMeasuring(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taken = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const before = await taken();
  return async () => (await taken()) - before;
}
