import { expect } from 'vitest';
import { test } from './browser.ts';

test('builds are listed live, filtered in the address, and read page after page', async ({ factory, visit }) => {
  for (let count = 0; count < 27; count++) await factory.ended((await factory.build('many')).id);
  const page = await visit('/builds');
  const rows = page.locator('tr[data-build]');
  await rows.first().waitFor();
  await expect.poll(() => rows.count()).toBe(25);
  await page.getByRole('button', { name: 'Load older builds' }).click();
  await expect.poll(() => rows.count()).toBe(27);

  factory.runtime.script('assemble', async (stage) => {
    stage.progress(0.42, 'unpacking');
    return new Promise<never>(() => undefined);
  });
  const { id } = await factory.build('other', { userland: { packages: ['curl'] } });
  const row = page.locator(`tr[data-build="${id}"]`);
  await row.getByText('unpacking').waitFor();
  await row.getByText('42 %').waitFor();

  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'running' }).click();
  await expect.poll(() => rows.count()).toBe(1);
  expect(new URL(page.url()).searchParams.get('state')).toBe('running');
  await page.reload();
  await row.getByText('running').waitFor();
  await row.getByRole('button', { name: 'Cancel other 1.0' }).click();
  await page.getByRole('button', { name: 'Cancel the build' }).click();
  await page.getByText('No matching builds').waitFor();
  await page.goBack();
  await row.getByText('cancelled').waitFor();
  await row.getByRole('button', { name: 'Retry other 1.0' }).click();
  await row.getByText('running').waitFor();
});

test('without a build the list says where one begins', async ({ visit }) => {
  const page = await visit('/builds');
  await page.getByRole('link', { name: 'Go to the distributions' }).click();
  await page.getByRole('heading', { level: 1, name: 'Distributions' }).waitFor();
});
