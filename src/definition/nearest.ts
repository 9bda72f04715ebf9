/** "Did you mean": the known names nearest to a mistyped one. */
import { distance } from 'fastest-levenshtein';

/** Up to `limit` names at most `reach` changes away (default: a third of the word's length), nearest first. */
export function nearest(
  word: string,
  names: Iterable<string>,
  limit = 3,
  reach = Math.max(1, Math.floor(word.length / 3)),
): string[] {
  return [...names]
    .map((name) => ({ name, changes: distance(word, name) }))
    .filter(({ changes }) => changes <= reach)
    .sort((a, b) => a.changes - b.changes || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}
