import { expect } from 'vitest';
import { defaultScripts } from '../../src/runtime/fake/fake-stage.ts';
import { test } from './browser.ts';

const console = Array.from({ length: 40 }, (_, index) => `[ ${index}.000000] line ${index} of the console`);

test('a definition that is wrong is fixed with one button, and its field is one click away', async ({
  factory,
  visit,
}) => {
  factory.runtime.script('package', async (stage) =>
    stage.fail({
      code: 'image.too-small',
      message: "The image's content does not fit a disk of 300M: it needs at least 949M.",
      hint: 'Set image.size to 949M or more, or to auto; or install fewer packages.',
      details: [
        {
          pointer: '/image/size',
          message: 'must be at least 949M',
          value: '"300M"',
          fixes: ['949M', 'auto'].map((to) => ({ pointer: '/image/size', from: '300M', to })),
        },
      ],
    }),
  );
  const { id, distributionId } = await factory.build('small', { image: { formats: ['raw'], size: '300M' } });
  await factory.ended(id);
  // The second fix is refused.
  const page = await visit(`/builds/${id}`, { expected: /409/ });
  const card = page.getByRole('alert');
  await card.getByText('package failed').waitFor();
  expect(await card.getByText('949M', { exact: false }).filter({ hasText: 'does not fit' }).count()).toBe(1);
  expect(await card.getByText('must be at least').count()).toBe(0);
  expect(await page.title()).toBe('✗ small #1 · LDF');
  // Another try would fail again.
  expect(await card.getByRole('button', { name: 'Retry' }).count()).toBe(0);

  await card.getByRole('link', { name: 'image.size' }).click();
  await page.locator('[data-pointer="/image/size"] input:focus').waitFor();
  await page.goBack();

  factory.runtime.script('package', defaultScripts.package);
  await card.getByRole('button', { name: 'Set image.size to 949M and rebuild' }).click();
  await page.getByRole('heading', { name: 'small 1.0 #2' }).waitFor();
  await page.locator('[data-stage="boot"][data-state="succeeded"]').waitFor();
  const { definition } = await factory.client.distributions.get(distributionId ?? '');
  expect(definition).toMatchObject({ image: { size: '949M' } });

  await page.goBack();
  await card.getByRole('button', { name: 'Set image.size to auto and rebuild' }).click();
  await page.getByText('small has been changed since this build: image.size is different now.').waitFor();
});

test('a boot that failed shows its last lines as they were, and can be looked at and tried with more time', async ({
  factory,
  visit,
}) => {
  factory.runtime.script('boot', async (stage) => {
    for (const line of console) stage.log(`slow-1.0.raw| ${line}`);
    return stage.fail({
      code: 'boot.silent',
      message: 'slow-1.0.raw did not come up: its console was silent for 240 s',
      hint: 'See that a getty runs on the serial console.',
      retry: 'more-time',
      details: [
        {
          pointer: '',
          message: 'slow-1.0.raw did not come up: its console was silent for 240 s (250.0 s after the start)',
          hint: 'See that a getty runs on the serial console.',
          evidence: console,
        },
      ],
    });
  });
  const { id } = await factory.build('slow');
  await factory.ended(id);
  const page = await visit(`/builds/${id}`);
  const card = page.getByRole('alert');
  await card.getByText('boot failed').waitFor();
  expect(await card.getByText('did not come up').count()).toBe(1);
  expect(await card.getByText('See that a getty').count()).toBe(1);
  const lines = card.getByLabel('What was written last');
  expect(((await lines.textContent()) ?? '').trim().split('\n')).toEqual(console.slice(-8));
  await card.getByRole('button', { name: 'Show 32 more lines' }).click();
  expect(((await lines.textContent()) ?? '').trim().split('\n')).toHaveLength(40);

  factory.runtime.script('boot', defaultScripts.boot);
  await card.getByRole('button', { name: 'Retry with more time' }).click();
  await page.locator('[data-stage="boot"][data-state="succeeded"]').waitFor();
});

test('a good build hands over its image, says who can log in, and what nobody has booted is marked', async ({
  factory,
  visit,
}) => {
  const whole = {
    ...{ name: 'good', version: '1.0', arch: 'x86_64', image: { formats: ['raw'] } },
    system: {
      users: [
        { name: 'ops', sshKeys: ['ssh-ed25519 AAAA ops@example'] },
        { name: 'nobody-in', sudo: false },
      ],
    },
  };
  const { id: distribution } = await factory.client.distributions.create({ definition: whole });
  const tested = await factory.client.distributions.build(distribution);
  await factory.ended(tested.id);
  const untested = await factory.client.distributions.build(distribution, { boot: false });
  await factory.ended(untested.id);

  const page = await visit(`/builds/${tested.id}`);
  const card = page.getByRole('region', { name: 'The image' });
  await card.getByText('Log in as ops (SSH key).').waitFor();
  await card.getByRole('link', { name: 'Boot in browser' }).waitFor();
  await card.getByRole('button', { name: 'Run or write it…' }).click();
  await card.getByText('qemu-system-x86_64').waitFor();
  const download = page.waitForEvent('download');
  await card.getByRole('link', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toBe(tested.artifacts[0]?.name ?? 'good-1.0.raw');
  expect(await page.title()).toBe('✓ good #1 · LDF');
  expect(await page.getByText('not boot-tested').count()).toBe(0);

  await page.goto(`${factory.url}/builds/${untested.id}?tab=artifacts`);
  await page.locator('[data-artifact]').getByText('not boot-tested').waitFor();
  await page.locator('[data-artifact]').getByRole('link', { name: 'Boot it' }).waitFor();
  await page.goto(`${factory.url}/builds`);
  await page.locator(`[data-build="${untested.id}"]`).getByText('not boot-tested').waitFor();
  await page.locator(`[data-build="${untested.id}"]`).getByText('#2').waitFor();
  expect(await page.locator(`[data-build="${tested.id}"]`).getByText('not boot-tested').count()).toBe(0);
});

test('a good build says what is new since the last good one, and whether it is reproducible', async ({
  factory,
  visit,
}) => {
  const ended = async (packages: string[]) => factory.ended((await factory.build('gw', { userland: { packages } })).id);
  const first = await ended(['nano']);
  factory.runtime.script('package', async (stage) => stage.fail({ code: 'x.y' }));
  await ended(['htop']);
  factory.runtime.script('package', defaultScripts.package);
  const third = await ended(['curl', 'tree']);

  const page = await visit(`/builds/${first.id}`);
  await page.getByText('The first good build for x86_64.').waitFor();
  await page.goto(`${factory.url}/builds/${third.id}`);
  const card = page.getByRole('region', { name: 'The image' });
  await card.getByText(/packages: \d added, 1 removed · same kernel/).waitFor();
  await card.getByText('+ tree', { exact: true }).waitFor();
  await card.getByText('− nano', { exact: true }).waitFor();

  await card.getByText('Reproducibility not checked yet.').waitFor();
  await card.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: 'Build again and compare' }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(third.id));
  await factory.ended(new URL(page.url()).pathname.split('/').at(-1) ?? '');
  await page.goto(`${factory.url}/builds/${third.id}`);
  await card.getByText(/^Reproducible: built again/).waitFor();

  await card.getByRole('link', { name: 'Changed since #1' }).click();
  await page.getByRole('row', { name: /^added tree/ }).waitFor();
});
