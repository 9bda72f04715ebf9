/** Packages that components recommend: what of them is to be tried. Pure. */
import type { Origin } from '../stages/origin.ts';

interface Named {
  name: string;
  from: Origin;
}

/** Sorted by name; without those that are asked for anyway, and those that are to be left out (`name-`). */
export function recommendedPackages(
  wanted: readonly Named[],
  contributed: readonly { item: string; from: Origin }[],
): Named[] {
  const settled = new Set(wanted.map(({ name }) => name.replace(/[-]?([:=/].*)?$/, '')));
  const byName = new Map<string, Origin>();
  for (const { item, from } of contributed) if (!settled.has(item) && !byName.has(item)) byName.set(item, from);
  return [...byName].map(([name, from]) => ({ name, from })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
