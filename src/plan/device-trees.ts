/** The device trees that components ask for. Pure. */
import type { Definition } from '../definition/definition.ts';
import { mostDeviceTrees } from '../stages/device-tree.ts';
import type { KernelForm } from '../stages/kernel-form.ts';
import { type Origin, originText } from '../stages/origin.ts';
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
    problems.add('', `components ask for ${byName.size} device trees, and a kernel is made with ${mostDeviceTrees}`, {
      hint: 'Leave out components for hardware that the image is not for.',
    });
  return [...byName.values()];
}

/** What is compiled already is made with none. */
export function refuseDeviceTrees(
  { kernel }: Definition,
  { deviceTrees: [first] }: Pick<Composition, 'deviceTrees'>,
  form: KernelForm,
  problems: Problems,
): void {
  if (form === 'source' || !first) return;
  problems.add(
    '/kernel/source',
    `offers finished kernels, and ${originText(first.from)} asks for the device tree ${first.name} to be made`,
    { value: kernel.source, hint: 'Choose a kernel.source that is compiled, or leave that component out.' },
  );
}
