/** What each entry of image.partitions is for, and what it is called where nothing is said. Pure. */
import type { ImagePartition } from '../../definition/image-partitions.ts';
import { ownValue } from '../../own-value.ts';

/** `folder`: it is mounted there. `firmware`: it holds what firmware starts. */
export type Purpose = { kind: 'folder'; mount: string } | { kind: 'swap' } | { kind: 'firmware' };

/** undefined where an entry says nothing, or more than one thing. */
export function purposeOf({ mount, swap, role }: ImagePartition): Purpose | undefined {
  const said = [mount !== undefined, swap === true, role !== undefined].filter(Boolean).length;
  if (said !== 1) return undefined;
  if (mount !== undefined) return { kind: 'folder', mount };
  if (role === 'boot') return { kind: 'folder', mount: '/boot' };
  return swap === true ? { kind: 'swap' } : { kind: 'firmware' };
}

/** The Discoverable Partitions Specification has types for these, by the folder. */
const roles: Readonly<Record<string, string>> = {
  '/': 'root',
  '/boot': 'boot',
  '/home': 'home',
  '/srv': 'srv',
  '/var': 'var',
  '/var/tmp': 'tmp',
};

/** What layouts and rooms know it by. */
export function roleOf(purpose: Purpose): string {
  if (purpose.kind !== 'folder') return purpose.kind === 'swap' ? 'swap' : 'esp';
  return ownValue(roles, purpose.mount) ?? 'data';
}

/** FAT has no room for more. */
const mostLabelLength = 11;

/** A label for each, of which no two are the same; those that the definition gives stay. */
export function labelsOf(partitions: readonly ImagePartition[]): string[] {
  const given = partitions.flatMap(({ label }) => label ?? []);
  const taken = new Set(given.map((label) => label.toLowerCase()));
  return partitions.map((partition) => {
    if (partition.label !== undefined) return partition.label;
    const label = free(usualLabel(purposeOf(partition)), taken);
    taken.add(label.toLowerCase());
    return label;
  });
}

function usualLabel(purpose: Purpose | undefined): string {
  if (purpose?.kind !== 'folder') return purpose?.kind === 'firmware' ? 'ESP' : (purpose?.kind ?? 'data');
  if (purpose.mount === '/') return 'root';
  const name = purpose.mount.slice(1).replace(/[^A-Za-z0-9_-]+/g, '-');
  return name.slice(0, mostLabelLength) || 'data';
}

/** The label, or with a number where it is taken. */
function free(label: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const end = number === 1 ? '' : String(number);
    const tried = label.slice(0, mostLabelLength - end.length) + end;
    if (!taken.has(tried.toLowerCase())) return tried;
  }
}
