/** The page of one distribution: its newest image, its pinned versions, saves from two windows, and two builds compared. */
import { expect } from 'vitest';
import { playRealStages } from '../fixtures/webui/scripts.ts';
import { moveArchives } from '../fixtures/webui/updates.ts';
import { type Factory, test } from './browser.ts';

const withCurl = { userland: { packages: ['curl', 'nano'] } };

async function built(factory: Factory, name: string, definition: Record<string, unknown> = withCurl) {
  const { id } = await factory.build(name, definition);
  const build = await factory.ended(id);
  if (build.distributionId === null) throw new Error('it has a distribution');
  return { build, id: build.distributionId };
}

test('an update is found, reviewed with its security updates, taken and built', async ({ factory, visit }) => {
  const { id } = await built(factory, 'gw');
  moveArchives(factory.runtime, { curl: 'security 8.2', nano: '9.0' });
  const page = await visit(`/distributions/${id}`);
  await page.getByText(/^Pinned .*kernel 6\.12\.57/).waitFor();
  await page.getByRole('button', { name: 'Check for updates' }).click();
  await page.getByText('2 updates, 1 security').waitFor();
  await page.getByRole('button', { name: 'Review updates…' }).click();
  const review = page.getByRole('dialog');
  await review.getByRole('row', { name: /^curl security 1\.0 8\.2/ }).waitFor();
  await review.getByRole('row', { name: /^nano 1\.0 9\.0/ }).waitFor();
  expect((await factory.client.distributions.getLock(id, 'x86_64')).packages?.packages[0]?.version).toBe('1.0');
  await review.getByRole('button', { name: 'Update and build' }).click();
  await page.waitForURL(/\/builds\/01/);
  const build = await factory.ended(page.url().split('/').at(-1)?.split('?')[0] ?? '');
  expect(build.state).toBe('succeeded');
  const { lock } = await factory.client.builds.inputs(build.id);
  const versions = Object.fromEntries(lock?.packages?.packages.map(({ name, version }) => [name, version]) ?? []);
  expect(versions).toMatchObject({ curl: '8.2', nano: '9.0' });
});

test('a save from a second window does not replace that of the first without asking', async ({ factory, visit }) => {
  const definition = { name: 'twice', version: '0.2', arch: 'x86_64' };
  const { id } = await factory.client.distributions.create({ definition });
  const page = await visit(`/distributions/${id}/edit`, { expected: /412/ });
  const save = async (mine: string, theirs: string) => {
    await page.getByLabel('Version', { exact: true }).first().fill(mine);
    await factory.client.distributions.update(id, { definition: { ...definition, version: theirs } });
    await page.getByText('No problems found').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Changed elsewhere').waitFor();
    expect((await factory.client.distributions.get(id)).version).toBe(theirs);
  };
  await save('0.4', '0.3');
  await page.getByRole('button', { name: 'Show differences' }).click();
  const differences = page.getByRole('region', { name: 'Their definition against yours' });
  await expect.poll(() => differences.textContent()).toMatch(/removed: version: "0\.3".*added: version: "0\.4"/);
  await page.getByRole('button', { name: 'Discard mine' }).click();
  await expect.poll(() => page.getByLabel('Version', { exact: true }).first().inputValue()).toBe('0.3');
  await save('0.6', '0.5');
  await page.getByRole('button', { name: 'Overwrite' }).click();
  await page.getByRole('heading', { name: 'twice', exact: true }).waitFor();
  expect((await factory.client.distributions.get(id)).version).toBe('0.6');
});

test('the newest image stands first: what it proved, how to run it, and who can log in', async ({ factory, visit }) => {
  playRealStages(factory.runtime, 1, 3);
  const { id } = await built(factory, 'gw', { image: { formats: ['raw', 'qcow2'] } });
  const page = await visit(`/distributions/${id}`);
  const image = page.locator('[data-image="gw-1.0.raw"]');
  await image.getByText(/booted in 13/).waitFor();
  await image.getByRole('button', { name: 'Run or write it…' }).click();
  await image.getByText(/qemu-system-x86_64 .*file=gw-1\.0\.raw/).waitFor();
  await image.getByText(/^sudo .*\/dev\/sdX/).waitFor();
  expect(await image.getByRole('link', { name: 'Download gw-1.0.raw' }).getAttribute('download')).toBe('gw-1.0.raw');
  await page.getByText('Nobody can log in', { exact: true }).waitFor();
  const users = [{ name: 'ops', sudo: true, sshKeys: ['ssh-ed25519 AAAA ops@example'] }];
  const stored = await factory.client.distributions.get(id);
  await factory.client.distributions.update(id, { definition: { ...stored.definition, system: { users } } });
  await factory.ended((await factory.client.distributions.build(id, { boot: false })).id);
  await page.reload();
  await image.getByText('not boot-tested').waitFor();
  await page.getByText('Log in as ops (SSH key, sudo).').waitFor();
  await image.getByRole('link', { name: 'Boot in browser' }).click();
  await page.waitForURL(/\/artifacts\/.*\/console/);
});

test('two builds are compared: the newest that succeeded, by their packages and definition', async ({
  factory,
  visit,
}) => {
  await built(factory, 'gw');
  const { id } = await built(factory, 'gw', { userland: { packages: ['curl', 'tree'] } });
  factory.runtime.script('assemble', async (stage) => stage.fail({ code: 'packages.unresolvable' }));
  await built(factory, 'gw', { userland: { packages: ['htop'] } });
  const page = await visit(`/distributions/${id}?tab=compare`);
  await page.getByText(/^packages: 1 added, 1 removed · same kernel/).waitFor();
  await page.getByRole('row', { name: /^added tree/ }).waitFor();
  await page.getByRole('row', { name: /^removed nano/ }).waitFor();
  const definition = page.getByRole('region', { name: 'Differences of the definition' });
  await expect.poll(() => definition.textContent()).toMatch(/removed: .*nano.*added: .*tree/);
});

test('a plan says that nobody can log in, before anything is built', async ({ factory, visit }) => {
  const definition = { name: 'gw', arch: 'x86_64' };
  const { id } = await factory.client.distributions.create({ definition });
  const page = await visit(`/distributions/${id}?build=true`);
  await page.getByText(/^Nobody can log in to this image/).waitFor();
});
