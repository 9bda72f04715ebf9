import { expect } from 'vitest';
import { defaultScripts, type StageScript } from '../../src/runtime/fake/fake-stage.ts';
import { test } from './browser.ts';
import { gate } from './gate.ts';

const broken: StageScript = async (stage) => {
  for (let index = 1; index <= 400; index++) stage.log(`Get:${index} http://mirror.example/package-${index}.deb`);
  stage.log('E: Unable to correct problems, you have held broken packages.', { stream: 'stderr' });
  for (let index = 1; index <= 400; index++) stage.log(`cleaning up ${index}`);
  return stage.fail({
    code: 'packages.unresolvable',
    message: 'nginx-full needs libc6 (>= 2.42).',
    hint: 'Take nginx from the same suite.',
  });
};

test('a failed stage is on top with its hint, its log opens at the error, and a retry keeps what was done', async ({
  factory,
  visit,
}) => {
  const kernelIsDone = gate();
  factory.runtime.script('assemble', async (stage) => {
    await kernelIsDone.opened;
    return broken(stage);
  });
  const { id } = await factory.build('broken');
  const page = await visit(`/builds/${id}`);
  await page.locator('[data-stage="compile"][data-state="succeeded"]').waitFor();
  kernelIsDone.open();
  const notice = page.getByRole('alert');
  await notice.getByText('assemble failed').waitFor();
  await notice.getByText('nginx-full needs libc6 (>= 2.42).').waitFor();
  await notice.getByText('Take nginx from the same suite.').waitFor();

  const log = page.getByLabel('Log of assemble');
  await log.waitFor();
  await page.getByRole('button', { name: 'Jump to the first error' }).click();
  await log.locator('[data-chosen]').getByText('E: Unable to correct problems').waitFor();
  expect(new URL(page.url()).hash).toBe('#L401');

  factory.runtime.script('assemble', defaultScripts.assemble);
  await page.getByRole('button', { name: 'Retry' }).click();
  const dialog = page.getByRole('dialog', { name: 'Run broken 1.0 again' });
  await dialog.getByText('Will run: assemble').waitFor();
  await dialog.getByText('Reused: resolve, download, prepare, compile').waitFor();
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await page.locator('[data-stage="boot"][data-state="succeeded"]').waitFor();
  await page.locator('[data-stage="assemble"]').getByText('attempt 2').waitFor();
  expect(await notice.count()).toBe(0);

  await page.getByRole('tab', { name: 'Stages' }).click();
  await page.locator('[data-attempt="assemble 2"]').getByText('attempt 1 failed').waitFor();
  await page.locator('[data-attempt="assemble 1"]').getByRole('link', { name: 'Log of this attempt' }).click();
  await page.getByTestId('line-count').filter({ hasText: '801 lines' }).waitFor();
});

test('a link to a line opens there, and the way back leads through what was looked at', async ({ factory, visit }) => {
  factory.runtime.script('assemble', broken);
  const { id } = await factory.build('linked');
  await factory.ended(id);
  const page = await visit(`/builds/${id}?stage=assemble#L350`);
  const log = page.getByLabel('Log of assemble');
  await log.locator('[data-chosen]').getByText('Get:350 ').waitFor();
  expect(await log.getByText('cleaning up 400').count()).toBe(0);
  await page.getByRole('button', { name: 'Go to the end' }).click();
  await log.getByText('cleaning up 400').waitFor();
  await page.getByRole('tab', { name: 'Timeline' }).click();
  await page.getByRole('table', { name: 'When each stage ran' }).waitFor();
  await page.goBack();
  await log.waitFor();
});

test('with the keyboard alone a failed build is found and retried, and a running one cancelled', async ({
  factory,
  visit,
}) => {
  factory.runtime.script('assemble', broken);
  const { id } = await factory.build('by-keys');
  await factory.ended(id);
  factory.runtime.script('assemble', async () => new Promise<never>(() => undefined));
  const page = await visit('/builds');
  const tabTo = async (name: string, role: 'link' | 'button') => {
    const wanted = page.getByRole(role, { name, exact: true }).first();
    await wanted.waitFor();
    for (let presses = 0; presses < 60; presses++) {
      if ((await wanted.and(page.locator(':focus')).count()) > 0) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${name} cannot be reached by the keyboard`);
  };
  await tabTo('by-keys 1.0', 'link');
  await page.keyboard.press('Enter');
  await tabTo('Retry…', 'button');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo('Retry', 'button');
  await page.keyboard.press('Enter');
  await page.locator('[data-stage="assemble"][data-state="running"]').waitFor();
  await tabTo('Cancel', 'button');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo('Cancel the build', 'button');
  await page.keyboard.press('Enter');
  await page.locator('[data-stage="assemble"][data-state="cancelled"]').waitFor();
});
