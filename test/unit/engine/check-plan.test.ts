/** A plan is good only if what it names is there: packages by the suite's index, the architecture by the machine. */
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { limitsOf } from '../../../src/engine/core/config.ts';
import type { BuildService } from '../../../src/engine/service.ts';
import { LdfError } from '../../../src/errors.ts';
import { PackageQuery } from '../../../src/model/queries.ts';
import { ended, usual, World } from './harness.ts';

let world: World;
let engine: BuildService;

beforeEach(async () => {
  world = await World.open();
  engine = await world.start();
});
afterEach(() => world.close());

const written = (more: object = {}) => ({ name: 'gw', version: '1', arch: 'x86_64', ...more });
const plan = (more: object = {}) => engine.plan(parseDefinition(written(more)), { boot: true });
const listing = (...packages: string[]) => ({ userland: { packages } });

/** The index, with all that components ask for. */
async function fetchIndex(): Promise<void> {
  const { packages } = await plan();
  world.runtime.answer('packages', async (stage) =>
    stage.answer<'packages'>([
      ...packages.map(({ name }) => ({ name, version: '1', summary: '' })),
      ...['curl', 'nginx'].map((name) => ({ name, version: '1', summary: '' })),
      { name: 'mawk', version: '1', summary: '', provides: ['awk'] },
    ]),
  );
  await engine.queryPackages(PackageQuery.parse({ suite: 'trixie', arch: 'x86_64' }));
}

const aboutPackages = [{ pointer: '/userland/packages', message: expect.stringContaining('package index of trixie') }];

it('says that packages are not checked while there is no index, and asks nobody for one', async () => {
  expect((await plan(listing('no-such-package'))).unchecked).toMatchObject(aboutPackages);
  expect((await plan()).unchecked).toEqual([]);
  expect(world.runtime.started).toEqual([]);
});

it('refuses packages that the suite does not have, beside all else that is wrong', async () => {
  await fetchIndex();
  expect((await plan(listing('curl', 'awk'))).unchecked).toEqual([]);
  const wrong = { ...listing('curl', 'ngnix'), system: { timezone: 'Mars/Olympus' }, arch: 'aarch64' };
  await expect(plan({ ...wrong, arch: 'x86_64' })).rejects.toMatchObject({
    code: 'definition.impossible',
    details: [
      { pointer: '/system/timezone', value: '"Mars/Olympus"' },
      { pointer: '/userland/packages/1', value: '"ngnix"', hint: 'Did you mean nginx?' },
    ],
  });
  const distribution = await world.distribution('gw', listing('ngnix'));
  await expect(engine.create(distribution, usual)).rejects.toMatchObject({ code: 'definition.impossible' });
});

it('knows the index in the process that comes after, and believes none that is out of date', async () => {
  await fetchIndex();
  engine = await world.start();
  await expect(plan(listing('ngnix'))).rejects.toThrow(LdfError);
  const folder = join(world.dataDir, 'answers');
  for (const name of await readdir(folder)) await utimes(join(folder, name), 0, 0);
  engine = await world.start();
  expect((await plan(listing('ngnix'))).unchecked).toMatchObject(aboutPackages);
});

it('leaves packages alone that a lock has found', async () => {
  const distribution = await world.distribution('gw', listing('since-removed'));
  await ended(engine, await engine.create(distribution, usual));
  const lock = (await world.store.getLocks(distribution.id)).x86_64;
  await fetchIndex();
  const definition = parseDefinition(written(listing('since-removed')));
  expect((await engine.plan(definition, { boot: true, lock })).unchecked).toEqual([]);
});

it('builds each architecture on each of them, and none on any other machine', async () => {
  expect((await plan({ arch: 'aarch64' })).unchecked).toEqual([]);
  const info = await world.runtime.info();
  vi.spyOn(world.runtime, 'info').mockResolvedValue({ ...info, architecture: null });
  engine = await world.start();
  await expect(plan({ arch: 'aarch64' })).rejects.toMatchObject({
    details: [{ pointer: '/arch', value: '"aarch64"', hint: expect.stringContaining('x86_64 or aarch64') }],
  });
  const away = new LdfError('docker.unavailable', 'Docker does not answer.');
  vi.spyOn(world.runtime, 'info').mockRejectedValue(away);
  engine = await world.start();
  expect((await plan({ arch: 'aarch64' })).unchecked).toEqual([]);
});

it('judges 300 packages, all of them wrong, against a whole suite in a fraction of a second', async () => {
  const word = (seed: number) => ((seed * 2_654_435_761) >>> 0).toString(36);
  const kinds = ['dev', 'bin', 'doc', 'perl', 'python3', 'common', 'data', 'utils'];
  const names = Array.from({ length: 65_000 }, (_, at) => `${word(at)}-${kinds[at % 8]}`);
  world.runtime.answer('packages', async (stage) =>
    stage.answer<'packages'>(names.map((name) => ({ name, version: '1', summary: '' }))),
  );
  const { config } = world.dependencies;
  const resolve = { ...limitsOf(config, 'resolve'), outputBytes: 64 << 20 };
  engine = await world.start({ config: { ...config, limits: { ...config.limits, resolve } } });
  await engine.queryPackages(PackageQuery.parse({ suite: 'trixie', arch: 'x86_64' }));
  const definition = parseDefinition(written(listing(...names.slice(0, 300).map((name) => `${name}zq`))));
  const judge = () => engine.plan(definition, { boot: true }).catch((error: unknown) => error);
  // The index is filed once.
  expect(await judge()).toMatchObject({ code: 'definition.impossible' });
  const before = process.cpuUsage();
  await judge();
  const { user, system } = process.cpuUsage(before);
  // Of processor time, on a machine that has other things to do: 200 ms on one that has not.
  expect((user + system) / 1000).toBeLessThan(500);
});
