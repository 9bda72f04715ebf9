/** `npm run screenshots`: pictures of every view, light and dark, into docs/screenshots. The builds in them are played. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { createClient } from '../src/client/client.ts';
import { launchChromium, signIn } from '../test/fixtures/webui/chromium.ts';
import { makeSampleBuilds } from '../test/fixtures/webui/sample-builds.ts';
import { startStandIn } from '../test/fixtures/webui/stand-in-server.ts';
import { standInToken } from '../test/fixtures/webui/stand-in-token.ts';

const target = join(import.meta.dirname, '../docs/screenshots');
const schemes = ['light', 'dark'] as const;
const size = { width: 1280, height: 800 };
/** For what fades in, and for a running stage to say a few lines. */
const settleMs = 1_500;

const folder = await mkdtemp(join(tmpdir(), 'ldf-screenshots-'));
const server = await startStandIn({ folder });
const browser = await launchChromium();
try {
  await mkdir(target, { recursive: true });
  for (const [name, path] of Object.entries(await views()))
    for (const scheme of schemes) await take(browser, name, path, scheme);
} finally {
  await browser.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
// The stages that are played would continue.
process.exit(0);

async function views(): Promise<Record<string, string>> {
  const { good, failed, running } = await makeSampleBuilds(server);
  const image = (await createClient(server.url, { token: standInToken }).builds.artifacts(good.id)).find(
    ({ format }) => format === 'raw',
  );
  return {
    distributions: '/distributions',
    distribution: `/distributions/${good.distributionId}`,
    'build-dialog': `/distributions/${good.distributionId}?build=true`,
    form: '/distributions/new?step=system',
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

async function take(browser: Browser, name: string, path: string, scheme: (typeof schemes)[number]): Promise<void> {
  const page = await browser.newPage({ viewport: size, colorScheme: scheme });
  if (name !== 'sign-in') await signIn(page, server.url);
  await page.goto(server.url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForTimeout(settleMs);
  await page.screenshot({ path: join(target, `${name}-${scheme}.png`) });
  await page.close();
  console.log(`docs/screenshots/${name}-${scheme}.png`);
}
