import { expect, test } from 'vitest';
import { failureOf, fakeSuite, source } from '../../../test/fixtures/fake-suite.ts';
import { baseFirst, resolveNative } from './resolve-native.ts';

const emulator = source('qemu-user', '10');
const shell = source('busybox-static', '1.37');

/** The packages of an image, with fields of their control paragraphs. */
const control = {
  libc6: { essential: 'no' },
  dash: { essential: 'yes', 'pre-depends': 'libc6' },
  perl: { depends: 'libperl' },
  libperl: {},
  systemd: { depends: 'libsystemd-shared, perl' },
  'libsystemd-shared': {},
  nginx: {},
};
const image = Object.entries(control).map(([name, fields]) => ({
  source: { ...source(name, '1.0'), arch: 'arm64' },
  stanza: new Map(Object.entries({ package: name, ...fields })),
}));

function resolved(versions: Record<string, string>, more: typeof image = image) {
  const there = Object.entries(versions).map(([name, version]) => source(name, version));
  const { suite } = fakeSuite([emulator, shell, ...there], {
    versions: Object.entries(versions).map(([name, version]) => [name, [{ version, suite: 'trixie' }]]),
    control: { 'qemu-user-static': { depends: 'qemu-user (>= 10), qemu-user-binfmt' } },
  });
  return resolveNative(
    suite,
    'x86_64',
    more.map((one) => one.source),
    more.map(({ stanza }) => stanza),
  );
}
const names = ({ packages }: { packages: readonly { name: string }[] }) => packages.map(({ name }) => name);
const everything = Object.fromEntries(Object.keys(control).map((name) => [name, '1.0']));

test('are an emulator, a shell, the base, and what scripts call with all that it needs', async () => {
  const native = await resolved(everything);
  expect(native.arch).toBe('x86_64');
  expect(names(native)).toEqual([
    ...['qemu-user', 'busybox-static', 'libc6', 'dash', 'perl', 'libperl', 'systemd', 'libsystemd-shared'],
  ]);
});

test('have the version of the image, compiled again or not; another one is left to the emulator, with what needs it', async () => {
  expect(names(await resolved({ ...everything, libc6: '1.0+b2' }))).toContain('libc6');
  const without = names(await resolved({ ...everything, libperl: '1.1' }));
  for (const name of ['libperl', 'perl', 'systemd']) expect(without).not.toContain(name);
  expect(without).toContain('dash');
});

test('leave out what is the same for every architecture', async () => {
  const all = image.map((one) => ({ ...one, source: { ...one.source, arch: 'all' } }));
  expect(names(await resolved(everything, all))).toEqual(['qemu-user', 'busybox-static']);
});

test('cannot do without an emulator', async () => {
  const { suite } = fakeSuite([], {});
  suite.describe = async () => [];
  expect((await failureOf(resolveNative(suite, 'x86_64', [], []))).error.code).toBe('packages.emulator-unavailable');
});

test('are in an order in which those of the base come first', async () => {
  const native = await resolved(everything);
  const stanzas = image.map(({ stanza }) => stanza);
  const base = image.map((one) => one.source).filter(({ name }) => ['libc6', 'dash', 'libperl'].includes(name));
  const ordered = baseFirst(native, base, stanzas);
  expect(names(ordered.native).slice(0, ordered.base)).toEqual(['qemu-user', 'busybox-static', 'libc6', 'dash']);
  expect(names(ordered.native).sort()).toEqual(names(native).sort());
});
