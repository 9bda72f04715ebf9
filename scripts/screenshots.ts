/**
 * `npm run screenshots [-- NAME … --width 390 --to FOLDER]`: pictures of every view, or of the named ones, light and dark, into
 * docs/screenshots. The builds in them are played.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { createClient } from '../src/client/client.ts';
import { launchChromium, signIn } from '../test/fixtures/webui/chromium.ts';
import { makeSampleBuilds } from '../test/fixtures/webui/sample-builds.ts';
import { startStandIn } from '../test/fixtures/webui/stand-in-server.ts';
import { standInToken } from '../test/fixtures/webui/stand-in-token.ts';

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: 'string', default: '1280' },
    to: { type: 'string', default: join(import.meta.dirname, '../docs/screenshots') },
  },
});
const target = values.to;
const schemes = ['light', 'dark'] as const;
const size = { width: Number(values.width), height: 800 };
/** For what fades in, and for a running stage to say a few lines. */
const settleMs = 1_500;

const folder = await mkdtemp(join(tmpdir(), 'ldf-screenshots-'));
const server = await startStandIn({ folder });
const browser = await launchChromium();
try {
  await mkdir(target, { recursive: true });
  for (const [name, view] of Object.entries(await views()))
    if (wanted.length === 0 || wanted.includes(name))
      for (const scheme of schemes) await take(browser, name, view, scheme);
} finally {
  await browser.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
// The stages that are played would continue.
process.exit(0);

/** An address, and what is done there before the picture is taken. */
type View = string | { path: string; act: (page: Page) => Promise<void> };

async function views(): Promise<Record<string, View>> {
  const { good, failed, running, divided } = await makeSampleBuilds(server);
  const image = (await createClient(server.url, { token: standInToken }).builds.artifacts(good.id)).find(
    ({ format }) => format === 'raw',
  );
  return {
    distributions: '/distributions',
    distribution: `/distributions/${good.distributionId}`,
    compare: `/distributions/${good.distributionId}?tab=compare`,
    gallery: '/distributions/templates',
    palette: { path: '/distributions', act: openPalette },
    'build-sheet': {
      path: `/distributions/${good.distributionId}?build=true`,
      act: (page) => page.getByRole('button', { name: 'Details' }).click(),
    },
    form: '/distributions/new?step=system',
    partitions: { path: `/distributions/${divided}/edit?step=image`, act: showPartitions },
    builds: '/builds',
    'build-running': `/builds/${running.id}`,
    'build-failed': `/builds/${failed.id}`,
    artifacts: `/builds/${good.id}?tab=artifacts`,
    timeline: `/builds/${good.id}?tab=timeline`,
    console: `/artifacts/${image?.id}/console`,
    components: '/components',
    'stage-images': '/stage-images',
    system: '/system',
    settings: '/settings',
    'sign-in': '/',
  };
}

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('edge');
}

/** The field is far below, and comes with the schema. */
async function showPartitions(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add partition' }).waitFor();
  // What components bring is still coming in above it.
  await page.getByText('No problems found').waitFor();
  const { y } = (await page.getByRole('img', { name: /^The disk:/ }).boundingBox()) ?? { y: 0 };
  await page.mouse.wheel(0, y - size.height / 4);
}

async function take(browser: Browser, name: string, view: View, scheme: (typeof schemes)[number]): Promise<void> {
  const { path, act } = typeof view === 'string' ? { path: view, act: undefined } : view;
  const page = await browser.newPage({ viewport: size, colorScheme: scheme });
  if (name !== 'sign-in') await signIn(page, server.url);
  await page.goto(server.url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await act?.(page);
  await page.waitForTimeout(settleMs);
  await page.screenshot({ path: join(target, `${name}-${scheme}.png`) });
  await page.close();
  console.log(join(target, `${name}-${scheme}.png`));
}
