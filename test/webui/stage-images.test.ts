import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { test } from './browser.ts';

const list = '**/v1/stage-images';

async function answer(page: Page, states: Record<string, string>): Promise<void> {
  const items = Object.entries(states).map(([name, state]) => ({
    ...{ name, state, problem: state === 'ok' ? null : `It is ${state}.` },
    ...{ id: null, identity: null, origin: null, sizeBytes: null },
  }));
  await page.route(list, (route) => route.fulfill({ json: { items } }));
  await page.reload();
}

test('stage images are built as the button says, line by line with the image that says it', async ({ visit }) => {
  const page = await visit('/stage-images');
  await page.getByRole('button', { name: 'Up to date' }).waitFor();
  const [download] = await Promise.all([
    page.getByRole('link', { name: 'Save archive' }).getAttribute('download'),
    page.getByRole('heading', { name: 'boot-tester' }).waitFor(),
  ]);
  expect(download).toBe('ldf-stage-images.tar');
  await answer(page, { 'boot-tester': 'stale', 'kernel-builder': 'ok' });
  await page.getByRole('button', { name: 'Rebuild outdated' }).waitFor();
  await answer(page, { 'boot-tester': 'stale', 'kernel-builder': 'missing' });
  const says = (image: string, kind: string, text: string) =>
    `event: progress\ndata: ${JSON.stringify({ image, kind, step: 0, steps: 0, text })}\n\n`;
  const failure = {
    ...{ type: 'urn:ldf:error:images.build-failed', title: 'An image cannot be built', status: 500 },
    ...{ code: 'images.build-failed', detail: 'It broke.' },
  };
  await page.route('**/v1/stage-images/build', (route) =>
    route.fulfill({
      contentType: 'text/event-stream',
      body: `${says('boot-tester', 'log', 'Get:1 qemu')}${says('kernel-builder', 'log', 'Get:1 gcc')}event: error\ndata: ${JSON.stringify(failure)}\n\n`,
    }),
  );
  await page.getByRole('button', { name: 'Build missing and outdated' }).click();
  await page.getByText('It broke.').waitFor();
  await page.getByText('boot-tester Get:1 qemu').waitFor();
  await page.getByText('kernel-builder Get:1 gcc').waitFor();
});

test('what can no longer be read is shown as it was, and says so', async ({ visit }) => {
  const page = await visit('/system', { expected: /500/ });
  await page.getByText('Connected').waitFor();
  const problem = {
    ...{ type: 'urn:ldf:error:internal', title: 'Internal', status: 500, code: 'internal', detail: 'The disk broke.' },
  };
  await page.route('**/v1/system', (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  );
  await page.getByText(/^Couldn't refresh\..*The disk broke\.$/).waitFor();
  await page.getByText('Connected').waitFor();
  await page.unroute('**/v1/system');
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByText("Couldn't refresh").waitFor({ state: 'hidden' });
});

test('until the stage images are there, the first page shows how the set-up goes, whoever began it', async ({
  visit,
}) => {
  const page = await visit('/distributions');
  await page.getByRole('heading', { level: 1 }).waitFor();
  const row = (name: string) => page.locator(`[data-set-up="${name}"]`);
  expect(await row('boot-tester').count()).toBe(0);
  const startedAt = new Date(Date.now() - 42_000).toISOString();
  const step = { image: 'boot-tester', step: 3, steps: 9, text: 'RUN apt-get install qemu', startedAt, endedAt: null };
  const works = [
    { startedAt, images: [{ ...step, image: 'kernel-builder', endedAt: new Date().toISOString() }, step] },
  ];
  await page.route('**/v1/stage-images/work', (route) => route.fulfill({ json: { items: works } }));
  await answer(page, { 'boot-tester': 'missing', 'kernel-builder': 'missing', 'image-packager': 'missing' });
  await row('boot-tester').getByText('step 3 of 9: RUN apt-get install qemu').waitFor();
  await row('boot-tester')
    .getByText(/^4\ds$/)
    .waitFor();
  expect(await row('kernel-builder').getAttribute('data-state')).toBe('ready');
  expect(await row('image-packager').getAttribute('data-state')).toBe('waiting');
  expect(await page.getByRole('button', { name: 'Build the containers' }).count()).toBe(0);

  await page.route('**/v1/stage-images/work', (route) => route.fulfill({ json: { items: [] } }));
  await page.getByRole('button', { name: 'Build the containers' }).waitFor();
  // There is no reload: the card goes by itself.
  await page.unroute(list);
  await page.getByRole('heading', { name: 'Setting up' }).waitFor({ state: 'hidden' });
});
