/** Search in a list of entries: every word must be found, and the best hits come first. Pure. */

export interface Searched<Entry> {
  /** What an entry is known by, and what comes first when it is hit. */
  name(entry: Entry): string;
  /** What else is searched. */
  about(entry: Entry): string;
  /** Whether an entry goes behind all others that are hit, unless its name is what was searched. */
  later?(entry: Entry): boolean;
}

const exact = 0;
const behind = 10;

export interface Found<Entry> {
  items: Entry[];
  /** All that are hit. */
  total: number;
}

/** Entries that have every word of `text` in name or description; without words, all. Upper and lower case are the same. */
export function searchEntries<Entry>(
  entries: readonly Entry[],
  text: string,
  limit: number,
  { name, about, later = () => false }: Searched<Entry>,
): Found<Entry> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const hits: { entry: Entry; name: string; rank: number }[] = [];
  for (const entry of entries) {
    const lower = name(entry).toLowerCase();
    const rank = rankOf(lower, () => about(entry).toLowerCase(), words);
    if (rank !== undefined)
      hits.push({ entry, name: lower, rank: rank > exact && later(entry) ? rank + behind : rank });
  }
  hits.sort((a, b) => a.rank - b.rank || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  return { items: hits.slice(0, limit).map(({ entry }) => entry), total: hits.length };
}

/** `exact` for the name itself, then its beginning, then a part of it, then the description; undefined for no hit. */
function rankOf(name: string, about: () => string, words: readonly string[]): number | undefined {
  const [first = '', ...others] = words;
  if (words.every((word) => name.includes(word))) {
    if (name === first) return exact;
    return name.startsWith(first) && others.length === 0 ? 1 : 2;
  }
  const whole = `${name}\n${about()}`;
  return words.every((word) => whole.includes(word)) ? 3 : undefined;
}
