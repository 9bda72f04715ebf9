import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { playRealStages } from '../fixtures/webui/scripts.ts';
import { test } from './browser.ts';

test('artifacts are taken home, their packages searched and the console of their boot replayed', async ({
  factory,
  visit,
}) => {
  playRealStages(factory.runtime, 1, 5);
  const { id } = await factory.build('complete');
  const { artifacts } = await factory.ended(id);
  const page = await visit(`/builds/${id}?tab=artifacts`);
  const image = artifacts.find(({ format }) => format === 'raw');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('link', { name: `Download ${image?.name}`, exact: true })
      .first()
      .click(),
  ]);
  expect(download.suggestedFilename()).toBe(image?.name);
  const content = await readFile(await download.path());
  expect(createHash('sha256').update(content).digest('hex')).toBe(image?.sha256);

  const row = page.locator(`[data-artifact="${image?.name}"]`);
  await row.getByText('booted in 13s').waitFor();
  await row.getByRole('button', { name: 'Replay the console of' }).click();
  expect(new URL(page.url()).searchParams.get('console')).not.toBeNull();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'To the end' }).click();
  await dialog.getByTestId('console').getByText('login:').first().waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('tab', { name: 'Packages' }).click();
  await page.getByLabel('Search the packages').fill('linux-source');
  await page
    .getByRole('status')
    .getByText(/^1 of \d+ packages$/)
    .waitFor();
  await page.getByRole('cell', { name: 'linux-source-6.12', exact: true }).waitFor();
});

test('the log of a stage is downloaded as its program wrote it', async ({ factory, visit }) => {
  playRealStages(factory.runtime, 1, 5);
  const { id } = await factory.build('told');
  await factory.ended(id);
  const page = await visit(`/builds/${id}?stage=assemble`);
  await page
    .getByTestId('line-count')
    .filter({ hasText: /^\d+ lines/ })
    .waitFor();
  await page.getByRole('button', { name: 'More about this log' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download this log' }).click(),
  ]);
  expect(await readFile(await download.path(), 'utf8')).toMatch(/^Unpacking example-package-1 \(1\.1-1\) \.\.\.\n/);
});

test('a build is built again and compared, and the verdict is on its page', async ({ factory, visit }) => {
  const { id } = await factory.build('twice');
  await factory.ended(id);
  const page = await visit(`/builds/${id}?tab=verification`);
  await page.getByRole('button', { name: 'Build again and compare' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Build again and compare' }).click();
  await page.getByText(`· verification of build ${id}`).waitFor();
  const verification = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  expect(verification).not.toBe(id);
  await factory.ended(verification);
  await page.goBack();
  await page.getByText('Reproducible: the same bytes again').waitFor();
});

test('a build is deleted, after the page has said what is lost', async ({ factory, visit }) => {
  const { id } = await factory.build('gone');
  await factory.ended(id);
  const page = await visit(`/builds/${id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete this build' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete this build of gone 1.0?' });
  await dialog.getByText(/\d+ artifacts/).waitFor();
  await dialog.getByRole('button', { name: 'Delete the build' }).click();
  await page.getByText('No builds yet').waitFor();
  expect((await factory.client.builds.list()).items).toEqual([]);
});
