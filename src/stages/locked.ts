/** What of a lock goes into the parameters of stages. */
import type { BootGroup, KernelGroup, PackagesGroup } from './lock.ts';
import type { KernelSourceFile } from './locked-package.ts';
import type { SourceFile } from './source-file.ts';

/** The groups of a lock, as far as they are there. Where nothing is asked of `boot`, it has no packages. */
export interface LockedGroups {
  kernel: Pick<KernelGroup, 'sources' | 'sourceDate'>;
  packages: Pick<PackagesGroup, 'packages' | 'native' | 'sourceDate'>;
  boot: Pick<BootGroup, 'packages' | 'sourceDate'>;
  /** Files with changes of the kernel's source. */
  patches: readonly SourceFile[];
}

/** Without what the archive says of it: the same file from another mirror, or out of an older lock, gives the same key. */
export function locked<Source extends KernelSourceFile>({
  url: _url,
  elsewhere: _elsewhere,
  madeBy: _madeBy,
  installedBytes: _installedBytes,
  ...rest
}: Source): Omit<Source, 'url' | 'elsewhere' | 'madeBy' | 'installedBytes'> {
  return rest;
}

export function fileOf({ url, elsewhere, madeBy, sha256, sizeBytes, filename }: SourceFile): SourceFile {
  return { url, ...(elsewhere ? { elsewhere } : {}), ...(madeBy ? { madeBy } : {}), sha256, sizeBytes, filename };
}

/** Every file that the groups name, one that several name once. */
export function sourcesOf({ kernel, packages, boot, patches }: LockedGroups): SourceFile[] {
  const native = packages.native?.packages ?? [];
  const all = [...kernel.sources, ...packages.packages, ...native, ...boot.packages, ...patches];
  const seen = new Set<string>();
  return all.filter(({ sha256 }) => !seen.has(sha256) && seen.add(sha256));
}

/** When the groups were resolved, each date once. */
export function datesOf({ kernel, packages, boot }: Omit<LockedGroups, 'patches'>): number[] {
  const dates = [packages.sourceDate, kernel.sourceDate, ...(boot.packages.length > 0 ? [boot.sourceDate] : [])];
  return [...new Set(dates)];
}
