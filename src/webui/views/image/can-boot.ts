/** Whether an artifact can be booted by hand: any image can, whatever a boot test has said of it or not. Pure. */

import { hasEnded } from '../../../client/apply-entry.ts';
import type { Artifact } from '../../../model/artifact.ts';
import type { Build } from '../../../model/build.ts';

export function canBoot({ bootable, removedAt, verdict }: Artifact, { state }: Pick<Build, 'state'>): boolean {
  return bootable && removedAt === undefined && verdict?.bootable !== null && (verdict !== null || hasEnded(state));
}

/** An image of a build that has ended without anybody trying whether it boots. */
export function isUntested({ bootable, verdict }: Artifact, { state }: Pick<Build, 'state'>): boolean {
  return bootable && verdict === null && hasEnded(state);
}
