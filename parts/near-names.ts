/** "Did you mean" for names of packages, services, groups and the like. */
import { nearest } from '../src/definition/nearest.ts';

/** Among tens of thousands of names, three letters away from any word there is another that means nothing. */
const maxReach = 2;

/** Up to `limit` of `names`: first those that continue `wanted` as a word (openssh-server), then those nearest to it. */
export function nearNames(wanted: string, names: Iterable<string>, limit = 5): string[] {
  const all = [...names];
  const longer = all.filter((name) => name.startsWith(`${wanted}-`) || name.startsWith(`${wanted}.`));
  longer.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const reach = Math.min(maxReach, Math.max(1, Math.floor(wanted.length / 3)));
  return [...new Set([...longer, ...nearest(wanted, all, limit, reach)])].slice(0, limit);
}

/** A hint that names them, or `otherwise` when nothing is near. */
export function nearNamesHint(wanted: string, names: Iterable<string>, otherwise: string): string {
  const near = nearNames(wanted, names);
  return near.length > 0 ? `Did you mean ${near.join(', ')}?` : otherwise;
}
