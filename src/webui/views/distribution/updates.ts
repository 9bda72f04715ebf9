/** What an update of pinned versions would change, for a review. Pure. */
import { formatCount } from '../../../amounts.ts';
import { type LockChange, type LockGroup, lockGroups } from '../../../model/lock.ts';

export const groupTitles: Readonly<Record<LockGroup, string>> = {
  kernel: 'Kernel',
  packages: 'Packages',
  boot: 'Boot files',
};

/** Those groups that anything changes in, in their order. */
export function changedGroups(changes: readonly LockChange[]): LockGroup[] {
  return lockGroups.filter((group) => changes.some((change) => change.group === group));
}

/** Such as `7 updates, 2 of them security updates`. */
export function updateWords(changes: readonly LockChange[]): string {
  const security = changes.filter((change) => change.security).length;
  return `${formatCount(changes.length, 'update')}${security === 0 ? '' : `, ${security} security`}`;
}

/** Security updates first, then as they come. */
export function inOrder(changes: readonly LockChange[]): LockChange[] {
  return [...changes].sort((a, b) => Number(b.security) - Number(a.security));
}

/** What was stored and had not been reviewed: an archive may have moved on in between. */
export function unreviewed(stored: readonly LockChange[], reviewed: readonly LockChange[]): LockChange[] {
  const known = new Set(reviewed.map(keyOf));
  return stored.filter((change) => !known.has(keyOf(change)));
}

function keyOf({ group, name, to }: LockChange): string {
  return JSON.stringify([group, name, to]);
}
