/** What the image is turned into: each entry of image.formats with its component's part and what both ask of it. Pure. */
import { componentId } from '../catalog/catalog.ts';
import type { ComponentOf } from '../catalog/component.ts';
import { withParams } from '../catalog/component-parts.ts';
import type { Definition } from '../definition/definition.ts';
import { type AskedFormat, askedFormat } from '../definition/image-formats.ts';
import type { ChosenFormat } from '../stages/package/contract.ts';
import { canonicalJson } from './canonical.ts';
import type { Selected } from './components.ts';
import type { Problems } from './problems.ts';

interface Placed extends ChosenFormat {
  id: string;
}

/** Two that would make one file, both by the same part, are one where they ask for the same, and a problem where not. */
export function formatsOf({ image }: Definition, selected: readonly Selected[], problems: Problems): ChosenFormat[] {
  const placed: Placed[] = [];
  image.formats.forEach((entry, index) => {
    const asked = askedFormat(entry);
    const component = componentOf(asked, selected);
    if (!component) return;
    const pointer = `/image/formats/${index}`;
    const checked = withParams('formats', component, asked.params);
    if ('problems' in checked) {
      const id = componentId(component);
      problems.addAll(
        checked.problems.map((problem) => ({
          ...problem,
          pointer: pointer + problem.pointer,
          message: `${id}: ${problem.message}`,
        })),
      );
      return;
    }
    const { compress } = asked;
    const one: Placed = {
      ...checked.part,
      ...(compress === undefined ? {} : { compress }),
      id: componentId(component),
    };
    const other = placed.find((before) => before.use === one.use && mayBeSameFile(before, one, image.compression));
    if (!other) placed.push(one);
    else if (canonicalJson(bare(other)) !== canonicalJson(bare(one)))
      problems.add(pointer, `${other.id} and ${one.id} both make the same sort of file, and differently`, {
        value: asked.name,
        hint: 'Keep one of the two, or say of each under `compress` what its file is compressed with, so that they differ.',
      });
  });
  return placed.map(bare).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** Where the catalog does not have it, that is a problem already. */
function componentOf({ name }: AskedFormat, selected: readonly Selected[]): ComponentOf<'format'> | undefined {
  for (const { component } of selected) if (component.kind === 'format' && component.name === name) return component;
  return undefined;
}

/** What is not said may be either: whether image.compression says anything to a format, only its part knows. */
function mayBeSameFile(a: ChosenFormat, b: ChosenFormat, compression: Definition['image']['compression']): boolean {
  const mayBe = ({ compress }: ChosenFormat) => (compress === undefined ? ['none', compression] : [compress]);
  return mayBe(a).some((one) => mayBe(b).includes(one));
}

function bare({ use, params, compress }: ChosenFormat): ChosenFormat {
  return { use, params, ...(compress === undefined ? {} : { compress }) };
}

function sortKey({ use, compress }: ChosenFormat): string {
  return `${use} ${compress ?? ''}`;
}
