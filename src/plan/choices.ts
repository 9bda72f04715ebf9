/**
 * Which components may be chosen for a definition, and what stands in the way of the others: each is put in its place,
 * and the problems that this brings are its obstacles; not those of another choice, which can be made anew: a userland may
 * have an init system of its own. Pure.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { Definition } from '../definition/definition.ts';
import type { ErrorDetail } from '../errors.ts';
import type { Choice } from '../model/check.ts';
import { choices } from './components.ts';
import { compose } from './compose.ts';
import { Problems } from './problems.ts';
import { type Settled, settled } from './target.ts';
import { wishesOf } from './wishes.ts';

/** Every component that a key of the definition can name, in the order of the catalog. */
export function choicesFor(definition: Definition, catalog: Catalog): Choice[] {
  const now = settled(definition, catalog);
  const before = new Set(problemsOf(now, catalog).map(sameness));
  return choices.flatMap(({ kind, of, choose }) =>
    catalog.ofKind(kind).map((component) => {
      const { name } = component;
      const chosen = of(now).includes(name);
      if (chosen) return { kind, name, chosen, problems: [] };
      // A boot loader that nobody named gives way to that of another machine.
      const made = settled(choose(definition, component), catalog);
      const elsewhere = new Set(choices.flatMap((other) => (other.kind === kind ? [] : placesOf(other, made))));
      const problems = problemsOf(made, catalog).filter(
        (problem) => !before.has(sameness(problem)) && !elsewhere.has(problem.pointer),
      );
      return { kind, name, chosen, problems };
    }),
  );
}

function placesOf({ of, placeOf }: (typeof choices)[number], definition: Definition): string[] {
  return of(definition).map((_, index) => placeOf(definition, index));
}

function problemsOf(definition: Settled, catalog: Catalog): readonly ErrorDetail[] {
  const problems = new Problems();
  wishesOf(definition, compose(definition, catalog, problems), problems);
  return problems.details;
}

function sameness({ pointer, message }: ErrorDetail): string {
  return `${pointer} ${message}`;
}
