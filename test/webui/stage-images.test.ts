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
