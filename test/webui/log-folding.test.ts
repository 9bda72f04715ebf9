import { expect } from 'vitest';
import { defaultScripts } from '../../src/runtime/fake/fake-stage.ts';
import { test } from './browser.ts';
import { gate } from './gate.ts';

test('a long log is folded by stage, phase and package; what fails stays open, and an address unfolds its line', async ({
  factory,
  visit,
}) => {
  const end = gate();
  factory.runtime.script('assemble', async (stage) => {
    stage.phase('verifying packages');
    for (const name of ['libc6', 'bash', 'coreutils']) {
      stage.phase('unpacking packages', name);
      for (let line = 1; line <= 40; line++) stage.log(`${name} says ${line}`);
    }
    stage.phase('configuring packages', 'bash');
    stage.log('Setting up bash (5.2.37-2) ...');
    stage.phase('configuring packages', 'coreutils');
    stage.log('E: coreutils has no configuration');
    stage.phase('packing rootfs.tar');
    for (let line = 1; line <= 40; line++) stage.log(`packing ${line}`);
    await end.opened;
    return defaultScripts.assemble(stage);
  });
  const { id } = await factory.build('folded');
  const page = await visit(`/builds/${id}?stage=assemble`);
  const log = page.getByLabel('Log of assemble');
  const heading = (name: string) => log.getByRole('button', { name });
  const isOpen = (name: string) => heading(name).getAttribute('aria-expanded');

  // What is at work is open, and what tells of an error.
  await log.getByText('packing 40', { exact: true }).waitFor();
  expect(await isOpen('unpacking packages')).toBe('false');
  await heading('unpacking packages').filter({ hasText: '120 lines' }).waitFor();
  await log.getByText('E: coreutils has no configuration').waitFor();
  expect(await log.locator('[data-error]').count()).toBe(1);
  expect(await isOpen('bash')).toBe('false');
  expect(await isOpen('packing rootfs.tar')).toBe('true');

  await heading('unpacking packages').click();
  await heading('libc6').click();
  await log.getByText('libc6 says 1', { exact: true }).waitFor();
  await page.getByLabel('Search the log').fill('coreutils says 33');
  await page.getByText('1 match').waitFor();
  await page.keyboard.press('Enter');
  await log.locator('[data-match]').getByText('coreutils says 33').waitFor();

  end.open();
  await factory.ended(id);
  const again = await visit(`/builds/${id}?stage=assemble#L3`);
  const whole = again.getByLabel('Log of assemble');
  await whole.locator('[data-chosen]').getByText('libc6 says').waitFor();
  await again.getByRole('button', { name: 'More about this log' }).click();
  await again.getByRole('menuitem', { name: 'Fold all', exact: true }).click();
  await whole.getByText('libc6 says').first().waitFor({ state: 'hidden' });

  // The log of all has the stages in the order of their ends.
  await again.goto(`${factory.url}/builds/${id}`);
  const stages = again.getByLabel('Log of all stages').locator('[data-level="stage"]');
  await stages.filter({ hasText: /^boot/ }).waitFor();
  expect((await stages.allTextContents()).map((text) => /^[a-z]+/.exec(text)?.[0]).at(-1)).toBe('boot');
});

test('a section that is opened while the end is followed is read from its first line', async ({ factory, visit }) => {
  const end = gate();
  factory.runtime.script('assemble', async (stage) => {
    stage.phase('unpacking packages');
    for (let line = 1; line <= 200; line++) stage.log(`unpacking ${line}`);
    stage.phase('packing rootfs.tar');
    stage.log('packing');
    await end.opened;
    return defaultScripts.assemble(stage);
  });
  const { id } = await factory.build('opened');
  const page = await visit(`/builds/${id}?stage=assemble`);
  const log = page.getByLabel('Log of assemble');
  await log.getByText('packing', { exact: true }).waitFor();
  await log.getByRole('button', { name: 'unpacking packages' }).click();
  await log.getByText('unpacking 1', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Go to the end' }).click();
  await log.getByText('packing', { exact: true }).waitFor();
  end.open();
  await factory.ended(id);
});
