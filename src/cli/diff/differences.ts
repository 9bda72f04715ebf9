/** What differs between two sides. Pure: (side, side) → lists. */
import { isDeepStrictEqual } from 'node:util';
import { printable } from '../../errors.ts';
import { isRecord } from '../../is-record.ts';
import type { Lock } from '../../stages/lock.ts';
import { comparePackageVersions } from '../output/package-version.ts';
import type { Side } from './sides.ts';

export interface Difference {
  /** A key of the definition, with dots; a package; a kernel option. */
  name: string;
  change: 'added' | 'removed' | 'changed' | 'upgraded' | 'downgraded';
  /** null where it is not there. */
  from: string | null;
  to: string | null;
}

export interface Differences {
  definition: Difference[];
  /** null where one of the two has no lock. */
  packages: Difference[] | null;
  /** null where one of the two is no build, or did not get so far. */
  kernelOptions: Difference[] | null;
}

export function differencesOf(a: Side, b: Side): Differences {
  return {
    definition: inDefinition(a.definition, b.definition, []),
    packages: a.lock && b.lock ? between(versionsOf(a.lock), versionsOf(b.lock), versionChange) : null,
    kernelOptions:
      a.kernelOptions && b.kernelOptions ? between(a.kernelOptions, b.kernelOptions, () => 'changed') : null,
  };
}

/** Lists of plain values are compared as sets: what was added, what was removed. Secrets are never shown. */
function inDefinition(a: unknown, b: unknown, path: readonly string[]): Difference[] {
  if (isDeepStrictEqual(a, b)) return [];
  const name = path.join('.');
  if (isRecord(a) && isRecord(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
      inDefinition(a[key], b[key], [...path, key]),
    );
  if (isPlainList(a) && isPlainList(b)) {
    const removed = a.filter((value) => !b.includes(value)).map((value) => differenceOf(name, value, undefined));
    const added = b.filter((value) => !a.includes(value)).map((value) => differenceOf(name, undefined, value));
    if (removed.length + added.length > 0) return [...removed, ...added];
  }
  return [differenceOf(name, a, b)];
}

function isPlainList(value: unknown): value is (string | number | boolean)[] {
  return Array.isArray(value) && value.every((entry) => entry !== null && typeof entry !== 'object');
}

function differenceOf(name: string, a: unknown, b: unknown): Difference {
  const change = a === undefined ? 'added' : b === undefined ? 'removed' : 'changed';
  const hidden = /(^|\.)passwordHash$/.test(name);
  const shown = (value: unknown) => (value === undefined ? null : hidden ? 'not shown' : printable(value));
  return { name, change, from: shown(a), to: shown(b) };
}

/** The kernel and every package, with their versions. */
function versionsOf(lock: Lock): Map<string, string> {
  const kernel = lock.kernel ? [['kernel', lock.kernel.version] as const] : [];
  const boot = lock.boot?.packages ?? [];
  return new Map([
    ...kernel,
    ...boot.map(({ name, version }) => [name, version] as const),
    ...(lock.packages?.packages ?? []).map(({ name, version }) => [name, version] as const),
  ]);
}

/** What two maps from names to values do not have in common, by name. */
export function between(
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
  changeOf: (from: string, to: string) => Difference['change'],
): Difference[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((name): Difference[] => {
    const [from, to] = [a.get(name), b.get(name)];
    if (from === to) return [];
    if (from === undefined || to === undefined)
      return [{ name, change: from === undefined ? 'added' : 'removed', from: from ?? null, to: to ?? null }];
    return [{ name, change: changeOf(from, to), from, to }];
  });
}

function versionChange(from: string, to: string): Difference['change'] {
  const order = comparePackageVersions(from, to);
  if (order === 0) return 'changed';
  return order < 0 ? 'upgraded' : 'downgraded';
}
