import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { defaultScripts } from '../../src/runtime/fake/fake-stage.ts';
import { serverAway } from '../fixtures/webui/chromium.ts';
import { test } from './browser.ts';
import { gate } from './gate.ts';

/** What the page says of the build, or of one of its stages. */
const stateOf = (page: Page) => page.getByRole('main').locator('[data-state]').first().getAttribute('data-state');
const stage = (page: Page, name: string) => page.locator(`[data-stage="${name}"]`);
const isIn = (page: Page, name: string, state: string) =>
  page.locator(`[data-stage="${name}"][data-state="${state}"]`).waitFor();
const line = (page: Page, text: string) => page.getByLabel('Log of all stages').getByText(text, { exact: true });

test('a build is followed live to its end, in two tabs', async ({ factory, visit }) => {
  const half = gate();
  const rest = gate();
  factory.runtime.script('compile', async (container) => {
    container.log('before the half');
    container.progress(0.5, 'half of it');
    await half.opened;
    container.log('after the half');
    await rest.opened;
    return defaultScripts.compile(container);
  });
  const { id } = await factory.build('watched');
  const tabs = [await visit(`/builds/${id}`), await visit(`/builds/${id}`)];
  for (const page of tabs) {
    await isIn(page, 'compile', 'running');
    await line(page, 'before the half').waitFor();
    await stage(page, 'compile').getByText('50 %').waitFor();
    expect(await line(page, 'after the half').count()).toBe(0);
  }
  half.open();
  for (const page of tabs) await line(page, 'after the half').waitFor();
  rest.open();
  for (const page of tabs) {
    await isIn(page, 'boot', 'succeeded');
    await page.getByText('booted in').first().waitFor();
    await expect.poll(() => stateOf(page)).toBe('succeeded');
    await page.getByRole('tab', { name: 'Artifacts (' }).filter({ hasNotText: '(0)' }).waitFor();
  }
});

test('a build is cancelled, after the page has said what is lost', async ({ factory, visit }) => {
  factory.runtime.script('compile', async () => new Promise<never>(() => undefined));
  const { id } = await factory.build('long');
  const page = await visit(`/builds/${id}`);
  await isIn(page, 'compile', 'running');
  await page.getByRole('button', { name: 'Cancel' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel long 1.0?' });
  await dialog.getByText('compile').waitFor();
  await dialog.getByRole('button', { name: 'Keep building' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect((await factory.client.builds.get(id)).state).toBe('running');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Cancel the build' }).click();
  await isIn(page, 'compile', 'cancelled');
  await expect.poll(() => stateOf(page)).toBe('cancelled');
});

test('a server restarted in the middle of a build leaves out nothing and tells nothing twice', async ({
  factory,
  visit,
}) => {
  const steps = [gate(), gate(), gate()];
  factory.runtime.script('compile', async (container) => {
    for (const [index, step] of steps.entries()) {
      for (let part = 0; part < 100; part++) container.log(`step ${index} part ${part}`);
      await step.opened;
    }
    return defaultScripts.compile(container);
  });
  const { id } = await factory.build('steady');
  const page = await visit(`/builds/${id}?stage=compile`, { expected: serverAway });
  const lines = page.getByTestId('line-count');
  await lines.filter({ hasText: /^100 lines/ }).waitFor();
  await factory.stop();
  await page.getByText("Can't reach the server").waitFor();
  // The containers run on meanwhile.
  steps[0]?.open();
  await factory.start();
  await lines.filter({ hasText: /^200 lines/ }).waitFor();
  await page.getByText("Can't reach the server").waitFor({ state: 'hidden' });
  steps[1]?.open();
  await lines.filter({ hasText: /^300 lines/ }).waitFor();
  steps[2]?.open();
  await isIn(page, 'boot', 'succeeded');
  await expect.poll(() => stateOf(page)).toBe('succeeded');
  const written: string[] = [];
  for await (const { text } of factory.client.builds.logs(id, { stage: 'compile' })) written.push(text);
  expect(new Set(written).size).toBe(written.length);
  await page.getByLabel('Search the log').fill('part 57');
  await page.getByTestId('matches').filter({ hasText: '3 matches' }).waitFor();
  await lines.filter({ hasText: `${written.length} lines` }).waitFor();
});
