/** Which components a list shows. Pure. */
import type { ListedComponent } from '../../../model/component.ts';
import { idOf } from './relations.ts';

export interface ComponentFilter {
  text?: string | undefined;
  kind?: string | undefined;
  origin?: ListedComponent['origin'] | undefined;
}

/** What an address says; anything that is no filter is left out. */
export function readFilter({ text, kind, origin }: Record<string, unknown>): ComponentFilter {
  return {
    ...(typeof text === 'string' || typeof text === 'number' ? { text: String(text) } : {}),
    ...(typeof kind === 'string' && kind !== '' ? { kind } : {}),
    ...(origin === 'shipped' || origin === 'user' ? { origin } : {}),
  };
}

/** Components by kind, in the order in which they came; a kind without any is left out. */
export function groupByKind<Item extends ListedComponent>(
  components: readonly Item[],
  { text = '', kind, origin }: ComponentFilter,
): [kind: string, components: Item[]][] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Item[]>();
  for (const component of components) {
    if (kind !== undefined && component.kind !== kind) continue;
    if (origin !== undefined && component.origin !== origin) continue;
    const hay = textOf(component);
    if (words.every((word) => hay.includes(word)))
      groups.set(component.kind, [...(groups.get(component.kind) ?? []), component]);
  }
  return [...groups];
}

/** Everything of a component that a search goes through, its packages and options included. */
function textOf({ title, summary, provides, requires, conflicts, spec, ...rest }: ListedComponent): string {
  const words = [idOf(rest), title, summary, ...provides, ...requires.flat(), ...conflicts, JSON.stringify(spec)];
  return words.join('\n').toLowerCase();
}
