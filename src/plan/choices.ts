/**
 * Which components may be chosen for a definition, and what stands in the way of the others: each is put in its place,
 * and the faults that this brings are its obstacles. Pure.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { Definition } from '../definition/definition.ts';
import type { ErrorDetail } from '../errors.ts';
import type { Choice } from '../model/check.ts';
import { choices } from './components.ts';
import { compose } from './compose.ts';
import { Faults } from './faults.ts';
import { wishesOf } from './wishes.ts';

/** Every component that a key of the definition can name, in the order of the catalog. */
export function choicesFor(definition: Definition, catalog: Catalog): Choice[] {
  const before = new Set(faultsOf(definition, catalog).map(sameness));
  return choices.flatMap(({ kind, of, choose }) =>
    catalog.ofKind(kind).map(({ name }) => {
      const chosen = of(definition).includes(name);
      const faults = chosen
        ? []
        : faultsOf(choose(definition, name), catalog).filter((fault) => !before.has(sameness(fault)));
      return { kind, name, chosen, faults };
    }),
  );
}

function faultsOf(definition: Definition, catalog: Catalog): readonly ErrorDetail[] {
  const faults = new Faults();
  wishesOf(definition, compose(definition, catalog, faults), faults);
  return faults.details;
}

function sameness({ pointer, message }: ErrorDetail): string {
  return `${pointer} ${message}`;
}
