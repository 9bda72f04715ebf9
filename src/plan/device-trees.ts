/** The device trees that components ask for. Pure. */
import { mostDeviceTrees } from '../stages/device-tree.ts';
import type { Origin } from '../stages/origin.ts';
import type { Problems } from './problems.ts';
import type { Composition } from './types.ts';

/** Each once, with the first that asks for it. */
export function deviceTreesOf(
  asked: readonly { item: string; from: Origin }[],
  problems: Problems,
): Composition['deviceTrees'] {
  const byName = new Map<string, Composition['deviceTrees'][number]>();
  for (const { item: name, from } of asked) if (!byName.has(name)) byName.set(name, { name, from });
  if (byName.size > mostDeviceTrees)
    problems.add('', `components ask for ${byName.size} device trees, and a kernel has ${mostDeviceTrees}`, {
      hint: 'Leave out components for hardware that the image is not for.',
    });
  return [...byName.values()];
}
