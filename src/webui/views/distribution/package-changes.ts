/** What moved between the packages of two locks: added, removed, or at another version; with what it weighs. Pure. */
import type { Lock } from '../../../stages/lock.ts';
import type { PackageSource } from '../../../stages/locked-package.ts';

export interface PackageChange {
  /** `+` added, `−` removed, `↑` another version. */
  sign: '+' | '−' | '↑';
  name: string;
  before: string | null;
  after: string | null;
  /** How much larger the package's file is now. */
  bytes: number;
}

type Packages = readonly Pick<PackageSource, 'name' | 'version' | 'sizeBytes'>[];

/** Kernel, packages and boot files alike; by name. */
export function packageChanges(before: Lock, after: Lock): PackageChange[] {
  const found = (['kernel', 'packages', 'boot'] as const).flatMap((group) =>
    changesIn(packagesOf(before, group), packagesOf(after, group)),
  );
  const known = new Set<string>();
  // The packages of boot files may be among those of the image as well.
  return found
    .filter(({ sign, name, after: to }) => {
      const key = JSON.stringify([sign, name, to]);
      return !known.has(key) && known.add(key);
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Such as `1 package added, 2 updated`. */
export function changeWords(changes: readonly PackageChange[]): string {
  const count = (sign: PackageChange['sign']) => changes.filter((change) => change.sign === sign).length;
  const said = [
    [count('+'), 'added'],
    [count('↑'), 'changed version'],
    [count('−'), 'removed'],
  ] as const;
  const words = said.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return words.length === 0 ? 'same packages' : `packages: ${words.join(', ')}`;
}

function packagesOf(lock: Lock, group: 'kernel' | 'packages' | 'boot'): Packages {
  return group === 'kernel' ? (lock.kernel?.sources ?? []) : (lock[group]?.packages ?? []);
}

function changesIn(before: Packages, after: Packages): PackageChange[] {
  const old = new Map(before.map((one) => [one.name, one]));
  const now = new Map(after.map((one) => [one.name, one]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name): PackageChange[] => {
    const [was, is] = [old.get(name), now.get(name)];
    if (was?.version === is?.version) return [];
    return [
      {
        sign: was === undefined ? '+' : is === undefined ? '−' : '↑',
        ...{ name, before: was?.version ?? null, after: is?.version ?? null },
        bytes: (is?.sizeBytes ?? 0) - (was?.sizeBytes ?? 0),
      },
    ];
  });
}
