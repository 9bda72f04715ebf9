/** The kernel group of the lock where the kernel is a Debian package, be it of a tree or of a finished kernel: at its newest version. */

import type * as z from 'zod';
import type { KernelPackage } from '../../src/stages/kernel-package.ts';
import type { KernelGroup } from '../../src/stages/lock.ts';
import type { PackageSource } from '../../src/stages/locked-package.ts';
import type { KernelWish } from '../../src/stages/resolve/contract.ts';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import { definePart, type Part } from '../part.ts';
import type { Suite } from '../userlands/debian/apt.ts';
import { Suites } from '../userlands/debian/suites.ts';
import type { SourceResolver } from './source.ts';

const pointer = '/kernel/version';

/** What is asked of a suite. */
export type KernelSuite = Pick<Suite, 'suite' | 'releaseDate' | 'locatePackage' | 'dependencies' | 'packageNames'>;

/** Which packages of a suite bring kernels. */
export interface PackagedKernels {
  /** What their names begin with. */
  prefix: string;
  /** Whether it is told to whoever asked for one that is not there. */
  isOffer(name: string): boolean;
  /** Where the package is that a name comes to; undefined when the suite does not have it. */
  locate(suite: KernelSuite, name: string): Promise<PackageSource | undefined>;
  /** What `uname -r` says of the kernel that a package is; undefined for one that has a tree. */
  release(name: string): string | undefined;
}

/** What such a source is told. */
interface PackageParams {
  suite: string;
  package: string;
}

/** The resolver of a source whose kernels these packages are. */
export function packageResolver(schema: z.ZodType<PackageParams>, kernels: PackagedKernels): Part<SourceResolver> {
  return definePart(schema, (params) => ({
    asks: `the package lists of ${params.suite}`,
    resolve: async (context, wish, previous) =>
      newestPackage(await Suites.of(context).open(params.suite), kernels, params.package, wish, previous),
    finished: (locked) => finishedKernel(locked, kernels),
  }));
}

function finishedKernel(
  { sources }: KernelGroup,
  kernels: Pick<PackagedKernels, 'release'>,
): KernelPackage | undefined {
  for (const { name, version } of sources) {
    const release = kernels.release(name);
    if (release !== undefined) return { name, version, release };
  }
  return undefined;
}

/** @throws StageFailure `kernel.unavailable` when the suite has no such package, or has it in another exact version. */
export async function newestPackage(
  suite: KernelSuite,
  kernels: PackagedKernels,
  name: string,
  wish: Pick<KernelWish, 'wishesSha256' | 'version'>,
  previous: KernelGroup | undefined,
): Promise<KernelGroup> {
  const source = await kernels.locate(suite, name);
  if (!source) {
    const available = (await suite.packageNames(kernels.prefix)).filter(kernels.isOffer).sort();
    throw unavailable(
      `${suite.suite} has no package ${name}.`,
      available.length > 0 ? `It has ${available.join(', ')}.` : `It has no ${kernels.prefix}* package at all.`,
      wish,
    );
  }
  const version = upstreamVersion(source.version);
  if (!isOfSeries(version, wish.version))
    throw unavailable(
      `Kernel ${wish.version} is not in ${suite.suite}; ${name} is at ${version}.`,
      `Ask for version "${version}", or for the series "${version.split('.').slice(0, 2).join('.')}".`,
      wish,
    );
  const same = previous?.version === version && previous.sources.every(({ sha256 }) => sha256 === source.sha256);
  return {
    wishesSha256: wish.wishesSha256,
    sourceDate: same ? previous.sourceDate : suite.releaseDate,
    version,
    sources: [source],
  };
}

function unavailable(message: string, hint: string, wish: Pick<KernelWish, 'version'>): StageFailure {
  const value = JSON.stringify(wish.version);
  return new StageFailure({ code: 'kernel.unavailable', message, hint, details: [{ pointer, message, value, hint }] });
}

/** deb-version(7): without epoch and Debian revision. */
export function upstreamVersion(version: string): string {
  return version.replace(/^[0-9]+:/, '').replace(/-[^-]*$/, '');
}

/** 6.12.57 is of series 6.12; an exact version is only of itself. */
export function isOfSeries(version: string, wanted: string): boolean {
  return version === wanted || (/^[0-9]+\.[0-9]+$/.test(wanted) && version.startsWith(`${wanted}.`));
}
