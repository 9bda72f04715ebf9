/** The kernel group of the lock: the Debian package that brings the source tree, at its newest version. */

import type { z } from 'zod';
import type { KernelGroup } from '../../src/stages/lock.ts';
import type { KernelWish } from '../../src/stages/stages.ts';
import { StageFailure } from '../contract/program.ts';
import type { Suite } from './apt.ts';

const pointer = '/kernel/version';

/** @throws StageFailure `kernel.unavailable` when the suite has no such package, or has it in another exact version. */
export async function resolveKernel(
  suite: Suite,
  wish: z.infer<typeof KernelWish>,
  previous: KernelGroup | undefined,
): Promise<KernelGroup> {
  const source = await suite.locatePackage(wish.package);
  if (!source) {
    const available = (await suite.packageNames('linux-source-')).filter((name) => /-[0-9.]+$/.test(name)).sort();
    throw unavailable(
      `${suite.suite} has no package ${wish.package}.`,
      available.length > 0 ? `It has ${available.join(', ')}.` : 'It has no kernel source package at all.',
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
  return { of: wish.of, sourceDate: same ? previous.sourceDate : suite.releaseDate, version, sources: [source] };
}

function unavailable(message: string, hint: string, wish: z.infer<typeof KernelWish>): StageFailure {
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
