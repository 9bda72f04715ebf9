import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { playRealStages } from '../fixtures/webui/scripts.ts';
import { runInPage, test } from './browser.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What a page has against the rules for accessibility that is serious or worse. @param rule this one alone */
async function seriousProblems(page: Page, rule?: string): Promise<string[]> {
  await page.evaluate(axe);
  const options = { resultTypes: ['violations'], ...(rule && { runOnly: [rule] }) };
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
}

const tabs = ['log', 'stages', 'timeline', 'artifacts', 'packages', 'verification'] as const;

test.for(['light', 'dark'] as const)('nothing serious is found by axe-core, %s', async (scheme, { factory, visit }) => {
  playRealStages(factory.runtime, 1, 30);
  const done = await factory.build('done');
  await factory.ended(done.id);
  factory.runtime.script('assemble', async (stage) => stage.fail({ code: 'x.y', hint: 'Fix it.' }));
  const failed = await factory.build('failed');
  await factory.ended(failed.id);
  factory.runtime.script('assemble', async (stage) => {
    stage.progress(0.3, 'a note');
    for (let color = 30; color < 38; color++) stage.log(`\u001b[${color}mcolour ${color}\u001b[0m`);
    for (let ground = 40; ground < 48; ground++) stage.log(`\u001b[2;${ground}mbackground ${ground}\u001b[0m`);
    return new Promise<never>(() => undefined);
  });
  const running = await factory.build('running', { userland: { packages: ['curl'] } });
  const [image] = (await factory.client.builds.artifacts(done.id)).filter(({ format }) => format === 'raw');
  const paths = [
    '/distributions',
    `/distributions/${done.distributionId}`,
    `/distributions/${done.distributionId}?build=true`,
    ...['basics', 'kernel', 'system', 'image', 'review'].map((step) => `/distributions/new?step=${step}`),
    '/components',
    '/components/init/systemd',
    '/components/new',
    '/stage-images',
    '/system',
    '/settings',
    '/docs#get-v1-builds-id',
    `/artifacts/${image?.id}/console`,
    '/builds',
    `/builds/${running.id}?stage=assemble#L2`,
    `/builds/${failed.id}`,
    ...tabs.map((tab) => `/builds/${done.id}?tab=${tab}`),
  ];
  for (const path of paths) {
    const page = await visit(path, { scheme });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('load');
    await page
      .getByLabel(/^Loading/)
      .first()
      .waitFor({ state: 'hidden' });
    // Only colours depend on the scheme.
    expect(await seriousProblems(page, scheme === 'dark' ? 'color-contrast' : undefined), path).toEqual([]);
    await page.close();
  }
});

const pages = ['/components', '/stage-images', '/system', '/settings', '/docs#schema-Build'];

test('a phone shows everything without scrolling sideways', async ({ factory, visit }) => {
  playRealStages(factory.runtime, 1, 30);
  const { id, distributionId } = await factory.build('a-distribution-with-a-rather-long-name');
  await factory.ended(id);
  factory.runtime.script('assemble', async (stage) => {
    stage.log(`E: ${'Unable to correct problems, as packages that are held are broken. '.repeat(3)}`);
    return stage.fail({ code: 'x.y', message: 'nginx-full needs libc6 (>= 2.42), which trixie does not have.' });
  });
  const failed = await factory.build('failed', { userland: { packages: ['curl'] } });
  await factory.ended(failed.id);
  const paths = [
    ...['/distributions', '/builds', ...pages],
    ...[`/distributions/${distributionId}`, `/distributions/${distributionId}?build=true`, `/builds/${failed.id}`],
    ...['basics', 'kernel', 'system', 'image', 'review'].map((step) => `/distributions/new?step=${step}`),
    ...tabs.map((tab) => `/builds/${id}?tab=${tab}`),
  ];
  for (const path of paths) {
    const page = await visit(path, { width: 360, height: 740 });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page
      .getByLabel(/^Loading/)
      .first()
      .waitFor({ state: 'hidden' });
    const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(beyond, path).toBeLessThanOrEqual(0);
    expect(await runInPage(page, 'cut-texts.js'), path).toEqual([]);
    await page.close();
  }
});
