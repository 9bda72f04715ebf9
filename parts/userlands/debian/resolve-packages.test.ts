import { describe, expect, test } from 'vitest';
import { fromComponent, fromDefinition, type Origin } from '../../../src/stages/origin.ts';
import { recommendationNotes } from '../../../src/stages/recommendations.ts';
import { failureOf, fakeSuite, source, wishesSha256 } from '../../../test/fixtures/fake-suite.ts';
import { resolvePackages } from './resolve-packages.ts';

describe('packages', () => {
  const curl = source('curl', '8.14.1-2', 'c');
  const wish = (...names: string[]) => ({
    wishesSha256,
    suite: 'trixie',
    names: names.map((name, index) => ({ name, from: fromDefinition(`/userland/packages/${index}`) })),
    recommended: [] as { name: string; from: Origin }[],
  });

  test('the base is always wanted, and the answer has the order of unpacking', async () => {
    const { suite, asked } = fakeSuite([source('base-files', '13.8'), curl]);
    const group = await resolvePackages(suite, wish('curl'), undefined);
    expect(asked).toEqual([['?essential', '?priority(required)', 'curl']]);
    expect(group.packages.map(({ name }) => name)).toEqual(['base-files', 'curl']);
    expect(group.sourceDate).toBe(2000);
    expect(group.aptSources).toEqual([{ uri: 'http://mirror.example/debian', suite: 'trixie', components: ['main'] }]);
  });

  test('the same files keep their date', async () => {
    const { suite } = fakeSuite([curl]);
    const previous = { wishesSha256, sourceDate: 1000, packages: [curl], aptSources: [] };
    expect((await resolvePackages(suite, wish('curl'), previous)).sourceDate).toBe(1000);
    const moved = { ...previous, packages: [source('curl', '8.14.1-1', 'd')] };
    expect((await resolvePackages(suite, wish('curl'), moved)).sourceDate).toBe(2000);
  });

  test('what components ask for comes first, and keeps its date when a package is added', async () => {
    const there = ['base-files', 'ca-certificates', 'curl', 'systemd'].map((name, index) =>
      source(name, '1', 'abcd'[index]),
    );
    const installs = (wanted: readonly string[]) =>
      there.filter(({ name }) => wanted.includes(name) || name === 'base-files');
    const { suite: all } = fakeSuite(there);
    const suite = {
      ...all,
      simulateInstall: async (wanted: readonly string[]) => ({
        ok: true,
        lines: installs(wanted).map(({ name }) => `Inst ${name} (1 Debian:13/stable [amd64])`),
      }),
      locateInstall: async (wanted: readonly string[]) => installs(wanted),
    };
    const from = fromComponent('init/systemd');
    const asked = { ...wish(), names: [{ name: 'systemd', from }] };
    const also = {
      name: 'ca-certificates',
      from: fromDefinition('/userland/packages/1'),
      alsoByComponent: true as const,
    };
    const resolve = (names: object[], previous?: Parameters<typeof resolvePackages>[2]) =>
      resolvePackages(suite, { ...asked, names: [...asked.names, ...names] as typeof asked.names }, previous, {
        setsBaseApart: true,
      });
    const first = await resolve([also]);
    expect(first.base).toEqual({ sourceDate: 2000, packages: 3 });
    const previous = { ...first, base: { sourceDate: 1000, packages: 3 } };
    const more = await resolve([also, ...wish('curl').names], previous);
    expect(more.packages.map(({ name }) => name)).toEqual(['base-files', 'ca-certificates', 'systemd', 'curl']);
    expect(more.base).toEqual(previous.base);
    expect(more.sourceDate).toBe(2000);
  });

  test('every unknown name is told, with its place and what is near', async () => {
    const { suite, asked } = fakeSuite([curl], { virtual: [['mta', ['exim4', 'postfix']]] });
    const names = [...wish('curll', 'mta', 'c.rl').names, { name: 'dbuss', from: fromComponent('init/systemd') }];
    const { error } = await failureOf(resolvePackages(suite, { ...wish(), names }, undefined));
    expect(error.code).toBe('packages.unknown');
    expect(error.details).toMatchObject([
      {
        pointer: '/userland/packages/0',
        value: '"curll"',
        hint: 'Did you mean curl?',
        fixes: ['curl', null].map((to) => ({ pointer: '/userland/packages/0', from: 'curll', to })),
      },
      { pointer: '/userland/packages/1', hint: 'Choose one of exim4, postfix.' },
      { pointer: '/userland/packages/2', value: '"c.rl"' },
      { pointer: '/userland/packages', message: 'trixie has no package dbuss (wanted by init/systemd).' },
    ]);
    expect(asked).toEqual([]);
  });

  test('a virtual package with one provider is fine', async () => {
    const { suite, asked } = fakeSuite([curl], { virtual: [['c-shell', ['tcsh']]] });
    await resolvePackages(suite, wish('c-shell'), undefined);
    expect(asked[0]).toContain('c-shell');
  });

  test('a package to leave out is passed on when it exists, and needs no leaving out when it does not', async () => {
    const { suite, asked } = fakeSuite([curl]);
    await resolvePackages(suite, wish('curl-', 'nothing-'), undefined);
    expect(asked).toEqual([['?essential', '?priority(required)', 'curl-']]);
  });

  test('a version or suite that the archives have is passed on as apt takes it', async () => {
    const versions = ['8.14.1-2', '8.14.1-3~bpo13+1'].map((version, index) => ({
      version,
      suite: ['trixie', 'trixie-backports'][index] ?? '',
    }));
    const { suite, asked } = fakeSuite([curl], { versions: [['curl', versions]] });
    await resolvePackages(suite, wish('curl=8.14.1-2'), undefined);
    await resolvePackages(suite, wish('curl/trixie-backports'), undefined);
    expect(asked.map((all) => all.at(-1))).toEqual(['curl=8.14.1-2', 'curl/trixie-backports']);
  });

  test('one that they do not have is refused with those that there are', async () => {
    const { suite, asked } = fakeSuite([curl, source('wget', '1')], {
      versions: [['curl', [{ version: '8.14.1-2', suite: 'trixie' }]]],
    });
    const failed = await failureOf(resolvePackages(suite, wish('curl=8.0', 'wget/trixie-backports'), undefined));
    expect(failed.error).toMatchObject({
      code: 'packages.version-unavailable',
      details: [
        { pointer: '/userland/packages/0', value: '"curl=8.0"', hint: expect.stringContaining('It has 8.14.1-2.') },
        { pointer: '/userland/packages/1', message: 'trixie-backports has no package wget.' },
      ],
    });
    expect(asked).toEqual([]);
  });

  test("a conflict has apt's explanation and points at those who take part", async () => {
    const conflict = ['The following packages have unmet dependencies:', ' curl : Conflicts: wget but it is wanted'];
    const { suite } = fakeSuite([curl, source('wget', '1'), source('vim', '1')], { conflict });
    const { error } = await failureOf(resolvePackages(suite, wish('vim', 'curl', 'wget'), undefined));
    expect(error.code).toBe('packages.conflict');
    expect(error.message).toBe('curl and wget cannot be installed together.');
    expect(error.details).toMatchObject([
      { evidence: conflict.slice(1), fixes: [{ pointer: '/userland/packages/1', from: 'curl', to: null }] },
      { fixes: [{ pointer: '/userland/packages/2', from: 'wget', to: null }] },
    ]);
  });
});

describe('what is recommended', () => {
  const from = fromComponent('init/systemd');
  const wish = (names: string[], recommended: string[] = []) => ({
    wishesSha256,
    suite: 'trixie',
    names: names.map((name, index) => ({ name, from: fromDefinition(`/userland/packages/${index}`) })),
    recommended: recommended.map((name) => ({ name, from })),
  });
  const all = ['chrony', 'systemd-timesyncd', 'netbase', 'docker.io', 'docker-cli', 'git', 'vim'].map((name) =>
    source(name, '1'),
  );
  const base = ['?essential', '?priority(required)'];

  test('is installed where the suite has it', async () => {
    const { suite, asked } = fakeSuite(all);
    await resolvePackages(suite, wish(['vim'], ['netbase', 'not-in-this-suite']), undefined);
    expect(asked).toEqual([[...base, 'vim', 'netbase']]);
  });

  test('gives way to what it excludes, and takes nothing else with it', async () => {
    const { suite, asked } = fakeSuite(all, { excluded: ['systemd-timesyncd'] });
    await resolvePackages(suite, wish(['chrony'], ['netbase', 'systemd-timesyncd', 'vim']), undefined);
    expect(asked.at(-1)).toEqual([...base, 'chrony', 'netbase', 'vim']);
  });

  test('that declares what it excludes is left out at once', async () => {
    const control = {
      chrony: { conflicts: 'time-daemon, ntp (<< 1)', provides: 'time-daemon' },
      'systemd-timesyncd': { conflicts: 'time-daemon', provides: 'time-daemon' },
    };
    const { suite, asked } = fakeSuite(all, { excluded: ['systemd-timesyncd'], control });
    const others = ['netbase', 'systemd-timesyncd', 'vim'];
    await resolvePackages({ ...suite }, wish(['chrony'], others), undefined);
    expect(asked.map((names) => names.slice(base.length))).toEqual([
      ['chrony', ...others],
      ['chrony'],
      ['chrony', 'netbase', 'vim'],
    ]);
  });

  test('by the packages of the definition and left out is told, the command line above all', async () => {
    const control = {
      'docker.io': { recommends: 'docker-cli, git | mercurial, vim | ed, none-such', source: 'docker.io' },
      'docker-cli': { source: 'docker.io (1)' },
      vim: { recommends: 'netbase' },
      chrony: { recommends: 'netbase' },
    };
    const { suite } = fakeSuite([...all.filter(({ name }) => ['docker.io', 'vim', 'chrony'].includes(name))], {
      control,
    });
    const known = { ...suite, packageNames: async () => all.map(({ name }) => name) };
    const asked = wish(['docker.io', 'vim', 'netbase-']);
    const names = [...asked.names, { name: 'chrony', from }];
    const group = await resolvePackages(known, { ...asked, names }, undefined);
    expect(group.leftOut).toEqual([
      { name: 'docker-cli', by: 'docker.io', tool: true },
      { name: 'git', by: 'docker.io', tool: false },
    ]);
    expect(recommendationNotes(group)).toEqual([
      'docker.io only recommends its command line, docker-cli, which is left out: add it to userland.packages to have it; it also recommends git.',
    ]);
  });

  test('of nothing is noted as nothing', async () => {
    const group = await resolvePackages(fakeSuite(all).suite, wish(['vim']), undefined);
    expect(group).not.toHaveProperty('leftOut');
    expect(recommendationNotes(group)).toEqual([]);
    expect(recommendationNotes(undefined)).toEqual([]);
  });
});
