/** What the packages of a definition recommend, and what is not installed: their command lines are missed the most. */
import type * as z from 'zod';
import { type LeftOut, mostRecommendations } from '../../../src/stages/lock.ts';
import { pointerOf } from '../../../src/stages/origin.ts';
import type { PackagesWish } from '../../../src/stages/resolve/contract.ts';
import type { Stanza } from '../../deb822.ts';
import { relations } from './base-set.ts';
import { PackageGraph } from './package-graph.ts';

type Names = z.infer<typeof PackagesWish>['names'];

/** How Debian names the command line of a service that is packaged apart from it. */
const toolEnding = /-(cli|client|clients|tools|utils)$/;

/** Recommendations of those that the definition itself names, which nothing installed fulfils, each by its first choice. */
export function recommendedNames(
  stanzas: readonly Stanza[],
  { names }: { names: Names },
  known: ReadonlySet<string>,
): string[] {
  return [...new Set(openRecommendations(stanzas, names, known).map(({ name }) => name))];
}

/** @param described the control paragraphs of those that `recommendedNames` gave */
export function leftOutOf(
  stanzas: readonly Stanza[],
  { names }: { names: Names },
  known: ReadonlySet<string>,
  described: readonly Stanza[],
): LeftOut[] {
  const sourceOf = new Map([...stanzas, ...described].map((stanza) => [stanza.get('package') ?? '', source(stanza)]));
  const isTool = (name: string, by: string) =>
    toolEnding.test(name) && (name.startsWith(`${by}-`) || sourceOf.get(name) === sourceOf.get(by));
  return openRecommendations(stanzas, names, known)
    .map(({ name, by }) => ({ name, by, tool: isTool(name, by) }))
    .slice(0, mostRecommendations);
}

function openRecommendations(stanzas: readonly Stanza[], names: Names, known: ReadonlySet<string>) {
  const packages = new PackageGraph(stanzas);
  const own = new Set(
    names.flatMap(({ name, from }) =>
      pointerOf(from).startsWith('/userland/packages') ? name.replace(/[:=/].*$/, '') : [],
    ),
  );
  const unwanted = new Set(names.flatMap(({ name }) => (name.endsWith('-') ? name.slice(0, -1) : [])));
  return stanzas.flatMap((stanza) => {
    const by = stanza.get('package') ?? '';
    if (!own.has(by)) return [];
    return (stanza.get('recommends') ?? '').split(',').flatMap((group) => {
      const choices = relations({ control: new Map([['recommends', group]]) }, 'recommends');
      if (choices.some((name) => packages.offers(name) || unwanted.has(name))) return [];
      const name = choices.find((choice) => known.has(choice));
      return name === undefined ? [] : [{ name, by }];
    });
  });
}

/** deb-control(5): `Source` is there only where it differs from the package's name, and may carry a version. */
function source(stanza: Stanza): string | undefined {
  return stanza.get('source')?.split(' ')[0] ?? stanza.get('package');
}
