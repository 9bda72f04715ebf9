/** The web UI on real containers: a newcomer's path, and builds that are watched, cut off, cancelled and retried by clicks. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import type { Build } from '../../src/model/build.ts';
import { labels } from '../../src/runtime/runtime.ts';
import type { StageName } from '../../src/stages/names.ts';
import { launchChromium, serverAway, signIn, watchPage } from '../fixtures/webui/chromium.ts';
import { serve, smallSystem, token } from './lab.ts';

const port = 18_084;
const origin = `http://127.0.0.1:${port}`;
const client = createClient(origin, { token });
const marker = Date.now();
/** No stage takes so long, however busy the machine is. */
const stageMs = 15 * 60_000;

let server: Awaited<ReturnType<typeof serve>>;
let browser: Browser;
const problems: string[] = [];

beforeAll(async () => {
  server = await serve(port);
  // Others may have left some on this data folder. A newcomer has none; what they left in the cache stays.
  for (const { id } of (await client.distributions.list()).items) await client.distributions.remove(id);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.end('SIGTERM');
});

async function visit(path: string, expected?: RegExp): Promise<Page> {
  const page = await browser.newPage();
  await signIn(page, origin, token);
  watchPage(page, origin, (problem) => {
    if (!expected?.test(problem)) problems.push(`${page.url()}: ${problem}`);
  });
  await page.goto(origin + path);
  return page;
}

/** Of Debian's packages: installing those of its base takes longer than pages take to be there, on a busy machine as well. */
const largeSystem = (name: string) => ({ name, arch: 'x86_64', kernel: { source: 'package-cloud' } });

/** Starts a build of a root file system, and its base, that nobody has made before, and waits until `stage` runs. */
async function freshBuild(
  name: string,
  stage: StageName = 'base',
  system: (name: string) => object = largeSystem,
): Promise<Build> {
  const definition = {
    ...system(name),
    // One that packages read when they are configured, so that it is part of the base.
    system: { files: [{ path: '/etc/sysusers.d/marker.conf', content: `# ${name} ${marker}\n` }] },
    image: { formats: ['raw'] },
  };
  const { id } = await client.distributions.create({ definition });
  const build = await client.distributions.build(id, { boot: false, noCache: false, priority: 0 });
  // The containers that have a network are gone by then, and so are the interfaces that Chromium would notice.
  const state = async () => (await client.builds.get(build.id)).stages.find(({ name }) => name === stage)?.state;
  await expect.poll(state, { timeout: stageMs }).toBe('running');
  return build;
}

const stageIn = (page: Page, name: StageName, state: string) =>
  page.locator(`[data-stage="${name}"][data-state="${state}"]`).waitFor({ timeout: stageMs });
/** Also those that have ended; of one stage, those that run. */
async function containersOf(id: string, stage?: StageName): Promise<string> {
  const which = stage === undefined ? ['--all'] : ['--filter', `label=${labels.stage}=${stage}`];
  return (await execa('docker', ['ps', '--quiet', '--filter', `label=${labels.build}=${id}`, ...which])).stdout;
}

it('builds an example by clicks alone, from the empty list to a download of what has booted', async () => {
  const page = await visit('/');
  await page.getByRole('link', { name: 'Start from instant' }).click();
  await page.getByText('No problems found').waitFor();
  await page.getByRole('button', { name: 'Save and build' }).click();
  await page.getByRole('dialog').getByText('and boots the result').waitFor();
  await page.getByRole('button', { name: 'Start build' }).click();
  await page.waitForURL(/\/builds\/01/);
  await page
    .getByText(/^booted in [0-9]/)
    .first()
    .waitFor({ timeout: stageMs });
  await page.getByRole('tab', { name: 'Artifacts' }).click();
  const link = page.getByRole('link', { name: /^Download .*\.raw$/ }).first();
  await link.waitFor({ timeout: stageMs });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const build = await client.builds.get(id);
  expect(build).toMatchObject({ state: 'succeeded', verdict: { bootable: true } });
  const hash = createHash('sha256');
  await pipeline(createReadStream(await download.path()), hash);
  expect(hash.digest('hex')).toBe(build.artifacts.find(({ format }) => format === 'raw')?.sha256);

  // The image by hand, up to a shell: no account of the example has a password, so its console logs root in.
  await page.getByRole('link', { name: /^Boot/ }).first().click();
  const screen = page.locator('.xterm-accessibility, .xterm-rows').first();
  await screen.getByText('root@').first().waitFor({ timeout: stageMs });
  await page.keyboard.type('echo answer-$((6 * 7))\n');
  await screen
    .getByText('answer-42')
    .first()
    .waitFor({ timeout: 5 * 60_000 });
  await page.getByRole('button', { name: 'Power off' }).click();
  await page.getByText('Powered off.').waitFor();
  await page.close();
});

it('shows one build live in two tabs, through a server that is killed and started again', async () => {
  const { id } = await freshBuild('killed');
  const tabs = [await visit(`/builds/${id}?stage=base`, serverAway), await visit(`/builds/${id}`, serverAway)];
  for (const page of tabs) await stageIn(page, 'base', 'running');
  await server.end('SIGKILL');
  for (const page of tabs) await page.getByText("Can't reach the server").waitFor();
  server = await serve(port);
  for (const page of tabs) {
    await stageIn(page, 'package', 'succeeded');
    await page.getByText("Can't reach the server").waitFor({ state: 'hidden' });
    await page.getByRole('tab', { name: 'Artifacts (' }).filter({ hasNotText: '(0)' }).waitFor();
  }
  const written: string[] = [];
  for await (const { at, text } of client.builds.logs(id, { stage: 'base' })) written.push(`${at} ${text}`);
  expect(new Set(written).size).toBe(written.length);
  await tabs[0]
    ?.getByTestId('line-count')
    .filter({ hasText: `${written.length} lines` })
    .waitFor();
  const { stages } = await client.builds.get(id);
  expect(stages.find(({ name }) => name === 'base')).toMatchObject({ state: 'succeeded', attempt: 1 });
  for (const page of tabs) await page.close();
});

it('cancels a build after saying what is lost, and its container is gone', async () => {
  const { id } = await freshBuild('cancelled');
  const page = await visit(`/builds/${id}`);
  await stageIn(page, 'base', 'running');
  await page.getByRole('button', { name: 'Cancel' }).click();
  const dialog = page.getByRole('dialog', { name: /^Cancel cancelled/ });
  await dialog.getByText('base').first().waitFor();
  await dialog.getByRole('button', { name: 'Cancel the build' }).click();
  await stageIn(page, 'base', 'cancelled');
  await expect.poll(() => containersOf(id), { timeout: 60_000 }).toBe('');
  // Its volumes are removed before it says so.
  await expect.poll(async () => (await client.builds.get(id)).state, { timeout: 60_000 }).toBe('cancelled');
  await page.close();
});

it('says why a stage failed; a retry by clicks keeps what was done', async () => {
  const { id } = await freshBuild('broken', 'assemble', smallSystem);
  const page = await visit(`/builds/${id}`);
  // Somebody, or a kernel out of memory, ends it.
  await expect.poll(() => containersOf(id, 'package'), { timeout: stageMs, interval: 50 }).not.toBe('');
  await execa('docker', ['kill', await containersOf(id, 'package')]);
  await stageIn(page, 'package', 'failed');
  const notice = page.getByRole('alert');
  await notice.getByText('package failed').waitFor();
  await notice.getByText('signal 9').first().waitFor();

  await page.getByRole('button', { name: 'Retry…', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Will run: package').waitFor();
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await stageIn(page, 'package', 'succeeded');
  expect(await notice.count()).toBe(0);
  await expect.poll(async () => (await client.builds.get(id)).state, { timeout: 60_000 }).toBe('succeeded');
  const { stages } = await client.builds.get(id);
  expect(stages.find(({ name }) => name === 'assemble')).toMatchObject({ attempt: 1 });
  await page.close();
});

it('suggests packages of the suite', async () => {
  const packages = await client.queries.packages({ suite: 'trixie', arch: 'x86_64', text: 'openssh-server' });
  expect(packages.items[0]).toMatchObject({ name: 'openssh-server', summary: expect.stringContaining('SSH') });
});

it('never had an error in a console, nor asked another origin for anything', () => {
  expect(problems).toEqual([]);
});
