/** Who provides what a component requires, and who requires what it provides. Pure. */
import type { ListedComponent } from '../../../model/component.ts';

type Related = Pick<ListedComponent, 'kind' | 'name' | 'provides' | 'requires' | 'conflicts'>;

export const idOf = ({ kind, name }: Pick<ListedComponent, 'kind' | 'name'>) => `${kind}/${name}`;

/** What a component says that it provides, its kind, and itself. */
export function provisionsOf({ kind, name, provides }: Related): string[] {
  return [kind, `${kind}:${name}`, ...provides];
}

export function providersOf<Item extends Related>(provision: string, all: readonly Item[]): Item[] {
  return all.filter((component) => provisionsOf(component).includes(provision));
}

/** Components that require something that this one provides; not those that would take anything of its kind. */
export function dependentsOf<Item extends Related>(component: Related, all: readonly Item[]): Item[] {
  const { kind, ...rest } = component;
  const offered = provisionsOf({ kind, ...rest }).filter((provision) => provision !== kind);
  return all.filter(
    (other) =>
      idOf(other) !== idOf(component) && other.requires.some((ways) => ways.some((one) => offered.includes(one))),
  );
}

/** Components that cannot stand beside this one, whichever of the two says so. */
export function rivalsOf<Item extends Related>(component: Related, all: readonly Item[]): Item[] {
  const clash = (one: Related, other: Related) => one.conflicts.some((what) => provisionsOf(other).includes(what));
  return all.filter((other) => idOf(other) !== idOf(component) && (clash(component, other) || clash(other, component)));
}
