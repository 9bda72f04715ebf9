/** Which packages boot files come from: what components state, and the part that makes the initramfs. Pure. */
import type { Definition } from '../definition/definition.ts';
import { mostBootPackages } from '../stages/locked-package.ts';
import { fromDefault, type Origin } from '../stages/origin.ts';
import { traitsOfInitramfs } from './initramfs.ts';
import type { Problems } from './problems.ts';
import type { Composition } from './types.ts';

/**
 * Each once, sorted by name; who asked first is who an unknown name is blamed on.
 * @param initramfs the name of the part that makes it
 */
export function bootPackages(
  { root }: Definition,
  initramfs: string,
  contributed: readonly { item: string; from: Origin }[],
  problems: Problems,
): Composition['bootPackages'] {
  const byName = new Map<string, Origin>();
  for (const { item, from } of contributed) if (!byName.has(item)) byName.set(item, from);
  const { always = [], verity = [] } = traitsOfInitramfs(initramfs)?.bootPackages ?? {};
  for (const name of [...always, ...(root?.verity ? verity : [])])
    if (!byName.has(name)) byName.set(name, fromDefault(`initramfs/${initramfs}`));
  if (byName.size > mostBootPackages)
    problems.add('', `the components want ${byName.size} packages to boot from, and there can be ${mostBootPackages}`, {
      hint: 'Choose fewer components that have bootPackages.',
    });
  return [...byName].map(([name, from]) => ({ name, from })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
