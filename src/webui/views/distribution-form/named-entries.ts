/** Components of a list: by name, or as a mapping that says more of one. Cards choose names, and leave alone what else is said. Pure. */
import { isRecord } from '../../../is-record.ts';

/** Keys under which a mapping names its component. */
const nameKeys = ['format', 'name'] as const;

export function nameOf(entry: unknown): string {
  if (!isRecord(entry)) return String(entry);
  return String(nameKeys.map((key) => entry[key]).find((name) => typeof name === 'string') ?? '');
}

/**
 * What a key has that takes one name or a list of them. The default is nothing in particular: it gives way to what is chosen beside
 * it, and what is chosen gives way to it. @returns undefined for the default
 */
export function nameOrNames(before: readonly string[], names: readonly string[], byDefault: unknown): unknown {
  const isDefault = (name: string) => name === byDefault;
  if (names.some(isDefault) && !before.some(isDefault)) return undefined;
  const chosen = names.filter((name) => !isDefault(name));
  return chosen.length > 1 ? chosen : chosen[0];
}

/** What is chosen by its name: entries that are there stay as they are, and the new ones are names. */
export function entriesOf(entries: readonly unknown[], names: readonly string[]): unknown[] {
  const kept = entries.filter((entry) => names.includes(nameOf(entry)));
  const present = new Set(kept.map(nameOf));
  return [...kept, ...names.filter((name) => !present.has(name))];
}
