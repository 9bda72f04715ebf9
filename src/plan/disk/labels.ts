/** What labels the files of an image, for a kernel that decides by labels, and where it cannot. Pure. */
import type { Definition } from '../../definition/definition.ts';
import type { ChosenPart } from '../../stages/chosen-part.ts';
import { type Origin, originText } from '../../stages/origin.ts';
import type { AskedPartition } from '../../stages/package/contract.ts';
import type { Problems } from '../problems.ts';
import { rootFileSystem } from './file-systems.ts';
import { traitsOf } from './partition-problems.ts';

/** A file has one label, which one component gives. @param contributed each with where it comes from */
export function labelsOf(
  definition: Definition,
  contributed: readonly { item: ChosenPart; from: Origin }[],
  partitions: readonly AskedPartition[],
  problems: Problems,
): ChosenPart | undefined {
  const [first, second] = contributed;
  if (!first) return undefined;
  if (second)
    problems.add('', `${originText(first.from)} and ${originText(second.from)} both label files`, {
      hint: 'Choose another for one of the two components.',
    });
  const root = partitions.find(({ role }) => role === 'root')?.fileSystem.use ?? '';
  if (traitsOf(root)?.writable === false) {
    const { name, pointer } = rootFileSystem(definition);
    const why = 'is never written: / is a layer in memory above it, which has no labels before the system knows them';
    problems.add(pointer, `${originText(first.from)} labels files, and ${name} ${why}`, {
      value: name,
      hint: `Choose a file system that can be written to, or leave ${originText(first.from)} out.`,
    });
  }
  return { use: first.item.use, params: first.item.params };
}
