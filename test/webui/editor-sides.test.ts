/** The editor's two sides, form and YAML: one definition, whichever side it is written on. And its packages. */
import { expect } from 'vitest';
import { test } from './browser.ts';

const wide = { width: 1600, height: 1000 };

test('on a wide screen form and YAML stand beside one another, and each shows what was written in the other', async ({
  visit,
}) => {
  const page = await visit('/distributions/new', wide);
  const yaml = page.getByLabel('The definition as YAML');
  await page.getByLabel('Name').fill('from-form');
  await expect.poll(() => yaml.inputValue()).toContain('name: from-form\n');
  await yaml.fill('# Of the house\nname: from-yaml\narch: x86_64\n');
  expect(await page.getByLabel('Name').inputValue()).toBe('from-yaml');
  await page.getByLabel('Version').fill('2.0');
  await expect.poll(() => yaml.inputValue()).toBe('# Of the house\nname: from-yaml\narch: x86_64\nversion: "2.0"\n');
  // The field that is filled in is marked in the text.
  await page.locator('[data-marked]', { hasText: '4' }).waitFor();
  expect(await page.getByRole('tab', { name: 'YAML' }).count()).toBe(0);
});

test('what is wrong with the YAML is marked at its line, and the form waits until it can be read', async ({
  visit,
}) => {
  const page = await visit('/distributions/new', wide);
  const yaml = page.getByLabel('The definition as YAML');
  await yaml.fill('name: gw\narch: x86_64\nimage:\n  size: 1M\n');
  await page.locator('[data-broken]', { hasText: '4' }).waitFor();
  await page.getByRole('button', { name: 'Line 4' }).click();
  expect(await page.evaluate<string>('document.getSelection().toString()')).toBe('  size: 1M');
  await yaml.fill('name: gw\narch: [x86_64\n');
  await page.getByText('The YAML cannot be read.').waitFor();
  await page.locator('[inert]').getByLabel('Name').waitFor();
  await yaml.fill('name: gw\narch: x86_64\n');
  await page.getByText('No problems found').waitFor();
  expect(await page.locator('[data-broken]').count()).toBe(0);
});

test('keys and values are completed in the YAML as one types', async ({ visit }) => {
  const page = await visit('/distributions/new?view=yaml');
  const yaml = page.getByLabel('The definition as YAML');
  await yaml.fill('name: gw\narch: x86_64\n');
  await yaml.press('Control+End');
  await yaml.pressSequentially('imag');
  await page.getByRole('option', { name: /^image/ }).waitFor();
  await yaml.press('Enter');
  await yaml.pressSequentially('form');
  await page.getByRole('option', { name: /^formats/ }).waitFor();
  await yaml.press('Tab');
  await yaml.pressSequentially('qc');
  await page.getByRole('option', { name: /^qcow2/ }).click();
  expect(await yaml.inputValue()).toBe('name: gw\narch: x86_64\nimage:\n  formats:\n    - qcow2');
  expect(await page.getByRole('option').count()).toBe(0);
  await page.getByText('No problems found').waitFor();
});

test('chosen packages stand in a table, with versions, sizes and all that they pull in once these are resolved', async ({
  factory,
  visit,
}) => {
  const page = await visit('/distributions/new?step=system');
  const search = page.getByRole('combobox', { name: 'Packages' });
  await search.pressSequentially('transferring data');
  await page.getByRole('option', { name: /curl/ }).click();
  await search.pressSequentially('nginx htop\n');
  const row = (name: string) => page.locator(`[data-package="${name}"]`);
  await row('nginx').getByText('not resolved yet').waitFor();
  const summary = (words: string | RegExp) => page.getByLabel('What is installed').filter({ hasText: words });
  await summary('3 chosen; dependencies and sizes are not resolved yet').waitFor();
  await page.getByRole('button', { name: 'Resolve now' }).click();
  await summary(/^3 chosen → \d+ installed, .* \(.* to download\)$/).waitFor();
  await row('curl').getByText('4.0 KiB').waitFor();
  await page.getByRole('button', { name: /packages that components and dependencies add/ }).click();
  await page.getByRole('cell', { name: 'systemd-sysv', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Remove htop' }).click();
  await summary(/before your changes/).waitFor();
  expect(await row('htop').count()).toBe(0);

  // What is stored with its lock needs no look at the archives.
  const { id, distributionId } = await factory.build('locked', { userland: { packages: ['curl'] } });
  await factory.ended(id);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(/\/distributions\/01[^/]*$/);
  await page.goto(`${factory.url}/distributions/${distributionId}/edit?step=system`);
  await summary(/^1 chosen → \d+ installed/).waitFor();
  expect(await page.getByRole('button', { name: 'Resolve now' }).count()).toBe(0);
});
