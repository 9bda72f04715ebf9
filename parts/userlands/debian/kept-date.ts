import type { PackageSource } from '../../../src/stages/locked-package.ts';

/** What a group of the lock and the one before it are compared by. */
interface DatedPackages {
  packages: readonly PackageSource[];
  sourceDate: number;
}

/** The source date (seconds) of a group of packages: a group that resolves to the same files keeps the one that it had. */
export function keptDate(previous: DatedPackages | undefined, { packages, sourceDate }: DatedPackages): number {
  return previous && hashes(previous) === hashes({ packages }) ? previous.sourceDate : sourceDate;
}

function hashes({ packages }: Pick<DatedPackages, 'packages'>): string {
  return packages
    .map(({ sha256 }) => sha256)
    .sort()
    .join();
}
