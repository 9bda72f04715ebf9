import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fromDefinition } from '../../../src/stages/origin.ts';
import { RootFs } from '../../root-fs/root-fs.ts';
import type { ResolveContext } from '../userland.ts';
import { debian } from './debian.ts';
import { Suites } from './suites.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-debian-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('takes no parameters', () => {
  expect(() => debian.make({ mirror: 'x' })).toThrow(/mirror/);
});

test('has entries for what packages are known to make, and for what is asked for', () => {
  const userland = debian.make({});
  const known = userland.firstBootEntries({ packages: [] }).map(({ name }) => name);
  expect(known).toEqual(expect.arrayContaining(['openssh-rsa', 'munge']));
  const own = { name: 'munge', files: [{ path: '/etc/munge/munge.key', values: [] }], make: 'true', before: [] };
  const perMachine = [{ ...own, from: fromDefinition('/system/perMachine/0') }];
  const entries = userland.firstBootEntries({ perMachine, packages: [] });
  expect(entries.filter(({ name }) => name === 'munge')).toEqual([
    { ...own, from: fromDefinition('/system/perMachine/0') },
  ]);
  expect(entries).toHaveLength(known.length);
});

test('leaves nothing of its making behind', async () => {
  const root = new RootFs(folder, 1_700_000_000, () => undefined);
  for (const path of ['/ldf-packages/a.deb', '/var/lib/dpkg/lock', '/etc/passwd-', '/etc/passwd'])
    await root.write(path, 'x');
  await debian.make({}).clean(root);
  expect(
    await Promise.all(
      ['/ldf-packages', '/var/lib/dpkg/lock', '/etc/passwd-', '/etc/passwd'].map((path) => root.exists(path)),
    ),
  ).toEqual([...[false, false, false], true]);
});

test('the suites of a run are shared by all who ask in it, and by no other run', () => {
  const params = { kernel: null, packages: null, boot: null, previous: null };
  const context = (): ResolveContext => ({
    ...{ arch: 'x86_64', params, work: folder, sources: folder },
    ...{ progress: () => undefined, log: () => undefined },
  });
  const run = context();
  expect(Suites.of(run)).toBe(Suites.of(run));
  expect(Suites.of(context())).not.toBe(Suites.of(run));
});
