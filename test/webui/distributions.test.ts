import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { playRealStages } from '../fixtures/webui/scripts.ts';
import { test } from './browser.ts';

test('a newcomer comes from an empty list to an image that has booted, by clicks alone', async ({ factory, visit }) => {
  playRealStages(factory.runtime, 1, 5);
  const page = await visit('/');
  await page.getByRole('link', { name: 'Start from minimal' }).click();
  await page.getByText('No problems found').waitFor();
  await page.getByRole('button', { name: 'Save and build' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('and boots the result').waitFor();
  await dialog.getByRole('button', { name: 'Start build' }).click();
  await page.waitForURL(/\/builds\/01/);
  await page.getByText('succeeded').first().waitFor();
  await page.getByRole('tab', { name: 'Artifacts' }).click();
  await page.getByText('booted in 13s').first().waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('link', { name: /^Download .*\.raw/ })
      .first()
      .click(),
  ]);
  expect(await readFile(await download.path(), 'utf8')).toContain('.raw');
  await page.getByRole('link', { name: /^Boot/ }).first().click();
  await page.getByText('Running. Click the console to type.').waitFor();
  await page.getByRole('button', { name: 'Power off' }).click();
  await page.getByText('Powered off.').waitFor();
});

test('an empty list offers every example with what it is for, from a phone to a wide screen', async ({
  factory,
  visit,
}) => {
  const examples = await factory.client.examples();
  expect(examples.length).toBeGreaterThanOrEqual(8);
  for (const width of [360, 800, 1280]) {
    const page = await visit('/distributions', { width });
    await page
      .getByRole('link', { name: /^Start from/ })
      .nth(examples.length - 1)
      .waitFor();
    for (const { name, summary } of examples) {
      expect(await page.getByRole('heading', { name, exact: true }).isVisible()).toBe(true);
      expect(await page.getByText(summary, { exact: true }).isVisible()).toBe(true);
      expect(await page.getByRole('link', { name: `Start from ${name}`, exact: true }).isVisible()).toBe(true);
    }
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await page.close();
  }
});

test('an example that asks for much opens in the form as it is', async ({ visit }) => {
  const page = await visit('/distributions');
  await page.getByRole('link', { name: 'Start from router' }).click();
  await page.getByText('No problems found').waitFor();
});

test('a component that is added shows by itself, and one that cannot be chosen says why', async ({
  factory,
  visit,
}) => {
  const common = { kind: 'init', summary: 'For a test.' };
  await factory.client.components.create({ ...common, name: 'runner', title: 'Runner', requires: ['platform:linux'] });
  await factory.client.components.create({ ...common, name: 'needy', title: 'Needy', requires: ['moon:full'] });
  const page = await visit('/distributions/new?step=system');
  const needy = page.getByRole('radio', { name: /Needy/ });
  await needy.waitFor();
  await page.getByText('requires moon:full').waitFor();
  expect(await needy.isDisabled()).toBe(true);
  await page.getByRole('radio', { name: /Runner/ }).click();
  await page.getByRole('tab', { name: 'YAML' }).click();
  expect(await page.getByLabel('The definition as YAML').inputValue()).toContain('init: runner');
});

test('problems stand at their fields while one types, in the form and in the YAML', async ({ visit }) => {
  const page = await visit('/distributions/new');
  await page.getByLabel('Name').fill('Bad Name');
  await page.getByText('Must be 1 to 63').first().waitFor();
  await page.getByLabel('Name').fill('good');
  await page.getByText('No problems found').waitFor();
  await page.getByRole('tab', { name: 'Kernel' }).click();
  await page.getByRole('combobox', { name: 'New option' }).fill('E1000');
  await page.keyboard.press('Enter');
  await page.getByText('Must be a kernel option').first().waitFor();
  await page.getByLabel('Remove E1000').click();
  await page.getByRole('tab', { name: 'YAML' }).click();
  const area = page.getByLabel('The definition as YAML');
  const text = await area.inputValue();
  await area.fill(`${text}nonsense: 1\n`);
  await page
    .getByText(/Line \d+/)
    .first()
    .waitFor();
  await area.fill(`${text}x: [1\n`);
  await page.getByText('The YAML cannot be read.').waitFor();
  await area.fill(text);
  await page.getByText('No problems found').waitFor();
  await page.getByRole('link', { name: 'Builds' }).click();
  await page.getByText('Leave without saving?').waitFor();
});

test('what was not filled in yet is broken once it was left, and an unknown key leads to the YAML', async ({
  visit,
}) => {
  const page = await visit('/distributions/new?step=system');
  await page.getByText('No problems found').waitFor();
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByText('1 problem').waitFor();
  expect(await page.getByText('Required.').count()).toBe(0);
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await name.focus();
  await name.blur();
  await page.getByText('Required.').waitFor();
  await page.getByRole('tab', { name: 'YAML' }).click();
  await page.getByLabel('The definition as YAML').fill('name: gw\narch: x86_64\nnonsense: 1\n');
  await page.getByRole('tab', { name: 'YAML 1 to fix' }).waitFor();
  await page.getByRole('tab', { name: 'Review' }).click();
  await page.getByRole('button', { name: /YAML · nonsense/ }).click();
  await page.getByLabel('The definition as YAML').waitFor();
});

test('comments of an imported text stay while one continues in the form', async ({ visit }) => {
  const folder = await mkdtemp(join(tmpdir(), 'ldf-import-'));
  await writeFile(join(folder, 'in.yaml'), '# Of the house\nname: imported # short\narch: x86_64\n');
  const page = await visit('/distributions');
  await page.setInputFiles('input[type=file]', join(folder, 'in.yaml'));
  await page.getByLabel('Version').fill('2.0');
  await page.getByRole('tab', { name: 'YAML' }).click();
  const wanted = '# Of the house\nname: imported # short\narch: x86_64\nversion: "2.0"\n';
  expect(await page.getByLabel('The definition as YAML').inputValue()).toBe(wanted);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export' }).click(),
  ]);
  expect(await readFile(await download.path(), 'utf8')).toBe(wanted);
  await rm(folder, { recursive: true });
});

test('packages and kernel options are suggested while one types', async ({ visit }) => {
  const page = await visit('/distributions/new?step=system');
  await page.getByRole('combobox', { name: 'Packages' }).pressSequentially('curl');
  await page.getByRole('option', { name: /curl/ }).first().click();
  await page.getByRole('tab', { name: 'YAML' }).click();
  expect(await page.getByLabel('The definition as YAML').inputValue()).toContain('curl');
});

test('a definition is imported, edited, duplicated, exported and deleted', async ({ factory, visit }) => {
  const folder = await mkdtemp(join(tmpdir(), 'ldf-import-'));
  await writeFile(join(folder, 'in.yaml'), 'name: imported\narch: x86_64\nuserland: { packages: [curl] }\n');
  const page = await visit('/distributions');
  await page.setInputFiles('input[type=file]', join(folder, 'in.yaml'));
  await page.getByText('No problems found').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'imported', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Version').fill('2.0');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Version 2.0').waitFor();
  const more = async (action: string) => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  const [download] = await Promise.all([page.waitForEvent('download'), more('Export')]);
  expect(await readFile(await download.path(), 'utf8')).toContain('version: "2.0"');
  await more('Duplicate');
  expect(await page.getByLabel('Name').inputValue()).toBe('imported-copy');
  await page.goBack();
  await more('Delete…');
  await page.getByRole('button', { name: 'Delete imported' }).click();
  await page.getByText('No distribution yet.').waitFor();
  expect((await factory.client.distributions.list()).items).toEqual([]);
  await rm(folder, { recursive: true });
});

test('a distribution leads to all of its builds, the list shows what it chooses and is sorted on a phone', async ({
  factory,
  visit,
}) => {
  await factory.ended((await factory.build('apple')).id);
  await factory.ended((await factory.build('pear', { image: { formats: ['raw', 'qcow2'] } })).id);
  const page = await visit('/distributions', { width: 400 });
  const names = page.locator('a[href^="/distributions/01"]:visible');
  const { components } = (await factory.client.distributions.list({ name: 'pear' })).items[0] ?? { components: [] };
  await page
    .getByText(`+${components.length - 3}`)
    .last()
    .waitFor();
  await page.getByRole('combobox', { name: 'Sort by' }).click();
  await page.getByRole('option', { name: 'By name' }).click();
  await expect.poll(() => names.allTextContents()).toEqual(['apple', 'pear']);
  await page.getByRole('button', { name: 'sort descending' }).click();
  await expect.poll(() => names.allTextContents()).toEqual(['pear', 'apple']);
  await page.getByRole('link', { name: 'apple', exact: true }).click();
  await page.getByRole('link', { name: 'All builds of apple' }).click();
  await page.waitForURL(/\/builds\?distribution=/);
  await page.getByRole('link', { name: 'apple 1.0' }).waitFor();
  expect(await page.getByRole('link', { name: 'pear 1.0' }).count()).toBe(0);
});
