/** The kernel group of the lock: the Debian package that brings the source tree, or the finished kernel, at its newest version. */

import type { Suite } from '../../parts/userlands/debian/apt.ts';
import type { KernelForm } from '../../src/stages/kernel-form.ts';
import type { KernelGroup } from '../../src/stages/lock.ts';
import type { PackageSource } from '../../src/stages/locked-package.ts';
import type { KernelWish } from '../../src/stages/resolve/contract.ts';
import { StageFailure } from '../contract/failure.ts';

const pointer = '/kernel/version';

/** Which packages of a suite bring kernels in a form, for those who asked for one that is not there. */
const offers: Readonly<Record<KernelForm, { prefix: string; pattern: RegExp }>> = {
  source: { prefix: 'linux-source-', pattern: /-[0-9.]+$/ },
  // Those that depend on the newest, such as linux-image-cloud-amd64; single kernels are many.
  binary: { prefix: 'linux-image-', pattern: /^linux-image-(?:[a-z]+-)?[a-z0-9]+$/ },
};

/** @throws StageFailure `kernel.unavailable` when the suite has no such package, or has it in another exact version. */
export async function resolveKernel(
  suite: Suite,
  wish: KernelWish,
  previous: KernelGroup | undefined,
): Promise<KernelGroup> {
  const source = await locateKernel(suite, wish);
  if (!source) {
    const { prefix, pattern } = offers[wish.form];
    const available = (await suite.packageNames(prefix)).filter((name) => pattern.test(name)).sort();
    throw unavailable(
      `${suite.suite} has no package ${wish.package}.`,
      available.length > 0 ? `It has ${available.join(', ')}.` : `It has no ${prefix}* package at all.`,
      wish,
    );
  }
  const version = upstreamVersion(source.version);
  if (!isOfSeries(version, wish.version))
    throw unavailable(
      `Kernel ${wish.version} is not in ${suite.suite}; ${wish.package} is at ${version}.`,
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

/** A package such as linux-image-amd64 is empty and depends on the kernel that is the newest of its sort. */
async function locateKernel(suite: Suite, wish: KernelWish): Promise<PackageSource | undefined> {
  const named = await suite.locatePackage(wish.package);
  if (!named || wish.form === 'source') return named;
  const [kernel] = (await suite.dependencies(wish.package)).filter((name) => name.startsWith('linux-image-'));
  return kernel === undefined ? named : suite.locatePackage(kernel);
}

function unavailable(message: string, hint: string, wish: KernelWish): StageFailure {
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
