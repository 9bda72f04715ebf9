/**
 * Packages of the machine that assembles, for a root file system of another architecture: an emulator, and the programs that
 * maintainer scripts call most, at the versions that the image has, so that the emulator has little to do. None of them is in the image.
 */
import { type Architecture, ownArchitecture } from '../../../src/architecture.ts';
import type { NativePackages } from '../../../src/stages/lock.ts';
import type { PackageSource } from '../../../src/stages/locked-package.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { Stanza } from '../../deb822.ts';
import type { Suite } from './apt.ts';
import { baseSet, type Described, dependenciesOf, neededNames } from './base-set.ts';

/** A static shell, which starts the emulator where a program is to run in it. */
export const shellPackage = 'busybox-static';

/** Packages that have the emulator: where in them the one for an architecture is. */
export const emulatorPackages: Readonly<Record<string, (arch: Architecture) => string>> = {
  'qemu-user': (arch) => `usr/bin/qemu-${arch}`,
  'qemu-user-static': (arch) => `usr/bin/qemu-${arch}-static`,
};

/** Packages of which maintainer scripts of others run programs; those of the base are known by themselves. */
const called = [
  'apparmor',
  'fontconfig',
  'gpg',
  'gpg-agent',
  'gpgv',
  'kmod',
  'libcap2-bin',
  'libgdk-pixbuf2.0-bin',
  'libglib2.0-bin',
  'libgtk-3-bin',
  'man-db',
  'openssh-client',
  'openssl',
  'policycoreutils',
  'procps',
  'semodule-utils',
  'shared-mime-info',
  'systemd',
  'systemd-standalone-sysusers',
  'systemd-standalone-tmpfiles',
  'udev',
  /^python3(?:\.\d+)?(?:-minimal)?$/,
] as const;

/**
 * @param own the suite for this machine's architecture
 * @param packages the packages of the image, of which `stanzas` are the control paragraphs
 */
export async function resolveNative(
  own: Suite,
  arch: Architecture,
  packages: readonly PackageSource[],
  stanzas: readonly Stanza[],
): Promise<NativePackages> {
  const emulator = await emulatorPackage(own);
  const wanted = wantedOf(packages, stanzas);
  const versionsOf = await own.versions(wanted.map(({ source }) => source.name));
  const exact = new Map<string, string>();
  for (const { source } of wanted) {
    const there = (versionsOf.get(source.name) ?? []).map(({ version }) => version);
    const found = there.find((version) => sameSource(version, source.version));
    if (found !== undefined) exact.set(source.name, found);
  }
  const complete = withAllTheyNeed(wanted, new Set(exact.keys()));
  const twins = complete.map(({ source: { name } }) => `${name}=${exact.get(name)}`);
  return { arch, packages: await own.locateFiles([emulator, shellPackage, ...twins]) };
}

/** From Debian 13 on qemu-user is static; before that a package of its own has static programs. */
async function emulatorPackage(own: Suite): Promise<string> {
  const found = await own.describe(['qemu-user-static', 'qemu-user']);
  const of = (name: string) => found.find((stanza) => stanza.get('package') === name);
  const legacy = of('qemu-user-static');
  if (legacy && !/\bqemu-user\b(?!-)/.test(legacy.get('depends') ?? '')) return 'qemu-user-static';
  if (of('qemu-user')) return 'qemu-user';
  throw new StageFailure({
    code: 'packages.emulator-unavailable',
    message: `${own.suite} has no emulator for programs of another architecture (qemu-user).`,
    hint: `Choose another suite under userland.suite, or build on a machine of the architecture of the image.`,
  });
}

/**
 * The packages of this machine with those first that the base alone would have, and how many these are: they stay the same when
 * a package is added beside the base. `stanzas`: control paragraphs of all packages of the image.
 */
export function baseFirst(
  { arch, packages }: NativePackages,
  base: readonly PackageSource[],
  stanzas: readonly Stanza[],
): { native: NativePackages; base: number } {
  const wanted = new Set([
    ...[shellPackage, ...Object.keys(emulatorPackages)],
    ...wantedOf(base, stanzas).map(({ source }) => source.name),
  ]);
  const ofBase = packages.filter(({ name }) => wanted.has(name));
  const others = packages.filter(({ name }) => !wanted.has(name));
  return { native: { arch, packages: [...ofBase, ...others] }, base: ofBase.length };
}

function wantedOf(packages: readonly PackageSource[], stanzas: readonly Stanza[]): Described[] {
  const controls = new Map(stanzas.map((control) => [control.get('package') ?? '', control]));
  const described = packages.flatMap((source) => {
    const control = controls.get(source.name);
    return control ? [{ source, control }] : [];
  });
  const start = described.filter(({ source: { name } }) =>
    called.some((one) => (typeof one === 'string' ? one === name : one.test(name))),
  );
  const all = new Set([...baseSet(described), ...dependenciesOf(described, start)]);
  // What is the same for every architecture is in the root already.
  return described.filter((one) => all.has(one) && one.source.arch !== 'all');
}

/** A package that was only compiled again (`+b1`, Debian Policy 5.6.12) is of the same source. */
function sameSource(one: string, other: string): boolean {
  const sourceOf = (version: string) => version.replace(/\+b\d+$/, '');
  return sourceOf(one) === sourceOf(other);
}

/** Those of which all that they depend on of one another is there: half a program is none. */
function withAllTheyNeed(wanted: readonly Described[], there: ReadonlySet<string>): Described[] {
  let kept = wanted.filter(({ source }) => there.has(source.name));
  for (;;) {
    const names = new Set(kept.map(({ source }) => source.name));
    const lacking = new Set(wanted.map(({ source }) => source.name).filter((name) => !names.has(name)));
    const next = kept.filter((one) => !neededNames(one).some((name) => lacking.has(name)));
    if (next.length === kept.length) return kept;
    kept = next;
  }
}

/** The architecture of this machine, where it is not the one of the image. */
export function foreignTo(arch: Architecture): Architecture | undefined {
  const own = ownArchitecture();
  return own === arch ? undefined : own;
}
