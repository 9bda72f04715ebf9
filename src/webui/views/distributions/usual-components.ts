/** What examples have in common is no mark of any of them. Pure. */
import type { Example } from '../../../model/example.ts';

/** Components that more than half of the examples choose, as `kind/name`. */
export function byDefault(examples: readonly Pick<Example, 'components'>[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { components } of examples)
    for (const { kind, name } of components) counts.set(`${kind}/${name}`, (counts.get(`${kind}/${name}`) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count * 2 > examples.length).map(([id]) => id));
}
