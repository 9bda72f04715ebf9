/**
 * Which packages must work before any other can be unpacked: the essential ones, every target of a Pre-Depends (its
 * owner's preinst may call it), and what those depend on (Debian Policy 3.8 and 7.2).
 */
import type { Deb } from './debs.ts';

/** A package and its control paragraph. */
export type Described = Pick<Deb, 'source' | 'control'>;

/** The packages of the base, in the order of `debs`. */
export function baseSet<One extends Described>(debs: readonly One[]): One[] {
  const providers = providersOf(debs);
  const start = debs.flatMap((deb) => [
    ...(deb.control.get('essential') === 'yes' ? [deb] : []),
    ...relations(deb, 'pre-depends').flatMap((name) => providers.get(name) ?? []),
  ]);
  return dependenciesOf(debs, start);
}

/** Those of `debs` that `start` comes to with all that it depends on, in the order of `debs`. */
export function dependenciesOf<One extends Described>(debs: readonly One[], start: readonly One[]): One[] {
  const providers = providersOf(debs);
  const found = new Set<One>();
  const add = (deb: One): void => {
    if (found.has(deb)) return;
    found.add(deb);
    for (const name of neededNames(deb)) providers.get(name)?.forEach(add);
  };
  start.forEach(add);
  return debs.filter((deb) => found.has(deb));
}

/** Which packages stand behind a name: the package of that name, or those that provide it. */
export function providersOf<One extends Described>(debs: readonly One[]): Map<string, One[]> {
  const providers = new Map<string, One[]>();
  for (const deb of debs)
    for (const name of relations(deb, 'provides')) providers.set(name, [...(providers.get(name) ?? []), deb]);
  for (const deb of debs) providers.set(deb.source.name, [deb]);
  return providers;
}

/** Names that it cannot do without, alternatives too. */
export function neededNames(deb: Pick<Deb, 'control'>): string[] {
  return [...relations(deb, 'pre-depends'), ...relations(deb, 'depends')];
}

/** Names in a relationship field, `a (>= 1) | b:any, c`: alternatives too, since only those that are there count. */
export function relations(
  deb: Pick<Deb, 'control'>,
  field: 'depends' | 'pre-depends' | 'provides' | 'recommends',
): string[] {
  const text = deb.control.get(field) ?? '';
  return text.split(/[,|]/).flatMap((relation) => /^\s*([a-z0-9][a-z0-9+.-]+)/.exec(relation)?.[1] ?? []);
}
