/** The web UI on real containers: from an empty list to an image that has booted and that one can talk with. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { launchChromium } from '../fixtures/webui/chromium.ts';
import { ldf, serve } from './lab.ts';

const port = 18_084;
const client = createClient(`http://127.0.0.1:${port}`);
const name = 'instant';

let server: Awaited<ReturnType<typeof serve>>;
let browser: Browser;
let page: Page;
/** What the console of the page says that reads like an error. */
const faults: string[] = [];

beforeAll(async () => {
  await ldf(['images', 'build']);
  server = await serve(port);
  // Others may have built it on this data folder; here it begins anew, with what they left in the cache.
  for (const { id } of (await client.distributions.list({ name })).items) await client.distributions.remove(id);
  browser = await launchChromium();
  page = await browser.newPage();
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.end('SIGTERM');
});

it('builds an example by clicks alone, and the image that is downloaded has booted', async () => {
  await page.goto(`http://127.0.0.1:${port}/distributions/new?from=example:${name}`);
  await page.getByText('Can be built').waitFor();
  await page.getByRole('button', { name: 'Save and build' }).click();
  await page.getByRole('dialog').getByText('stages run').waitFor();
  await page.getByRole('button', { name: 'Start build' }).click();
  await page.waitForURL(/\/builds\/01/);
  await page
    .getByText(/^booted in [0-9]/)
    .first()
    .waitFor({ timeout: 15 * 60_000 });
  await page.getByRole('tab', { name: 'Artifacts' }).click();
  const link = page.getByRole('link', { name: /^Download .*\.raw$/ });
  await link.waitFor({ timeout: 15 * 60_000 });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const build = await client.builds.get(id);
  expect(build).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
  const hash = createHash('sha256');
  await pipeline(createReadStream(await download.path()), hash);
  expect(hash.digest('hex')).toBe(build.artifacts.find(({ format }) => format === 'raw')?.sha256);
});

it('boots the image by hand up to its log-in prompt, takes what is typed, and leaves nothing', async () => {
  await page.getByRole('link', { name: /^Boot/ }).first().click();
  const screen = page.locator('.xterm-accessibility, .xterm-rows').first();
  await screen
    .getByText('login:')
    .first()
    .waitFor({ timeout: 5 * 60_000 });
  await page.keyboard.type('root\n');
  await screen.getByText('Password:').first().waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Switch off' }).click();
  await page.getByText('The machine was switched off.').waitFor();
  expect(faults).toEqual([]);
});

it('suggests packages of the suite, and options of the kernel', async () => {
  const packages = await client.queries.packages({ suite: 'trixie', arch: 'x86_64', text: 'openssh-server' });
  expect(packages.items[0]).toMatchObject({ name: 'openssh-server', summary: expect.stringContaining('SSH') });
});
