/** The boot group of the lock: the packages that boot files come from, each at its newest version and without what it depends on. */

import type { BootGroup } from '../../../src/stages/lock.ts';
import type { PackageSource } from '../../../src/stages/locked-package.ts';
import { originText } from '../../../src/stages/origin.ts';
import type { BootWish } from '../../../src/stages/resolve/contract.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import type { Suite } from './apt.ts';
import { keptDate } from './kept-date.ts';

/** @throws StageFailure `boot.package-unknown` naming every package that the suite does not have, and who wants it. */
export async function resolveBoot(suite: Suite, wish: BootWish, previous: BootGroup | undefined): Promise<BootGroup> {
  const packages: PackageSource[] = [];
  const missing: BootWish['names'] = [];
  for (const asked of wish.names) {
    const found = await suite.locatePackage(asked.name);
    if (found) packages.push(found);
    else missing.push(asked);
  }
  if (missing.length > 0) throw unknown(suite, missing);
  const sourceDate = keptDate(previous, { packages, sourceDate: suite.releaseDate });
  return { wishesSha256: wish.wishesSha256, sourceDate, packages };
}

function unknown({ suite, architecture }: Suite, missing: BootWish['names']): StageFailure {
  const hint = 'Choose another userland.suite, or correct bootPackages of the component that names it.';
  const details = missing.map(({ name, from }) => ({
    pointer: '/userland/suite',
    value: JSON.stringify(suite),
    message: `${suite} has no package ${name} for ${architecture} (wanted by ${originText(from)} for the boot).`,
    hint,
  }));
  const message = details.map((detail) => detail.message).join(' ');
  return new StageFailure({ code: 'boot.package-unknown', message, hint, details });
}
