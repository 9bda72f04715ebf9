/** What garbage collection takes, and why. Pure: everything it goes by is given, and nothing is done. */
import { durationInWords } from '../../amounts.ts';
import type { collectableKinds } from '../../model/disk.ts';

export type CollectableKind = (typeof collectableKinds)[number];

/** Something that could go. */
export interface Item {
  kind: CollectableKind;
  /** Key of a layer, sha256 of a source or of an artifact's content, volume of a cache. */
  id: string;
  /** As people are told of it. */
  name: string;
  sizeBytes: number;
  lastUsedAt: Date;
  /** Why it may go in the end, besides its age. */
  spareBecause: string;
  /** Why it has to stay; undefined when it may go. */
  neededBecause: string | undefined;
}

/** So much is to be freed among these kinds; nothing, when it is zero or less. */
export interface Demand {
  of: 'budget' | 'volumes' | 'data' | 'request';
  bytes: number;
  kinds: readonly CollectableKind[];
}

export interface Collection {
  /** In the order in which they go. */
  goes: (Item & { why: string })[];
  stays: (Item & { why: string })[];
  /** What is left of the demands when all of `goes` is gone; empty when they are met. */
  unmet: Demand[];
}

/**
 * Takes the least recently used first, until every demand is met. Layers, sources and caches can be made again, so artifacts
 * go after all of them.
 */
export function planCollection(items: readonly Item[], demands: readonly Demand[], now: Date): Collection {
  const open = demands.map((demand) => ({ ...demand }));
  const goes: Collection['goes'] = [];
  const stays: Collection['stays'] = [];
  for (const item of [...items].sort(inOrderOfLeaving)) {
    const asked = open.filter(({ bytes, kinds }) => bytes > 0 && kinds.includes(item.kind));
    if (item.neededBecause !== undefined) stays.push({ ...item, why: item.neededBecause });
    else if (asked.length === 0) stays.push({ ...item, why: 'there is room for it' });
    else {
      const unusedSeconds = Math.floor((now.getTime() - item.lastUsedAt.getTime()) / 1000);
      goes.push({ ...item, why: `not used for ${durationInWords(unusedSeconds)}, and ${item.spareBecause}` });
      for (const demand of open) if (demand.kinds.includes(item.kind)) demand.bytes -= item.sizeBytes;
    }
  }
  return { goes, stays, unmet: open.filter(({ bytes }) => bytes > 0) };
}

export function totalBytes(items: readonly Pick<Item, 'sizeBytes'>[]): number {
  return items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Of those last used at the same moment the largest goes first: the fewest go. */
function inOrderOfLeaving(a: Item, b: Item): number {
  return (
    Number(a.kind === 'artifact') - Number(b.kind === 'artifact') ||
    a.lastUsedAt.getTime() - b.lastUsedAt.getTime() ||
    b.sizeBytes - a.sizeBytes ||
    a.id.localeCompare(b.id)
  );
}
