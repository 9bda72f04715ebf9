/** "Did you mean": the known names nearest to a mistyped one. */

/** Up to `limit` names at most `reach` changes away (default: a third of the word's length), nearest first. */
export function nearest(
  word: string,
  names: Iterable<string>,
  limit = 3,
  reach = Math.max(1, Math.floor(word.length / 3)),
): string[] {
  return [...names]
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Levenshtein's distance: insertions, deletions and substitutions that turn one word into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
