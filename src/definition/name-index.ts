/**
 * "Did you mean" among tens of thousands of names, many times over. Names are filed by their length and by which letters they
 * have, so that few are compared letter by letter. Pure.
 */
import { distance } from 'fastest-levenshtein';

/** Among so many names, three letters away from any word there is another that means nothing. */
const maxReach = 2;

export class NameIndex {
  readonly #names: ReadonlySet<string>;
  /** Sorted, so that those that continue a word stand together. */
  readonly #sorted: readonly string[];
  readonly #byLength = new Map<number, { names: string[]; letters: number[] }>();

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
    const all = [...this.#names];
    this.#sorted = all.every((name, at) => at === 0 || (all[at - 1] ?? '') < name) ? all : all.sort(byCode);
    for (const name of this.#sorted) {
      const filed = this.#byLength.get(name.length) ?? { names: [], letters: [] };
      filed.names.push(name);
      filed.letters.push(lettersOf(name));
      this.#byLength.set(name.length, filed);
    }
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Up to `limit` names: first the shortest that continue `wanted` as a word, then those at most two changes away. */
  near(wanted: string, limit = 3): string[] {
    const found = new Set([...this.#continuing(`${wanted}-`), ...this.#continuing(`${wanted}.`)].sort(shortest));
    const few = [...found].slice(0, limit);
    if (few.length === limit) return few;
    return [...new Set([...few, ...this.#similar(wanted)])].slice(0, limit);
  }

  #continuing(beginning: string): string[] {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? '') < beginning) low = middle + 1;
      else high = middle;
    }
    const found: string[] = [];
    for (let at = low; this.#sorted[at]?.startsWith(beginning); at++) found.push(this.#sorted[at] ?? '');
    return found;
  }

  #similar(wanted: string): string[] {
    const reach = wanted.length < 5 ? 1 : maxReach;
    const letters = lettersOf(wanted);
    const found: { name: string; changes: number; unlike: number }[] = [];
    for (let length = wanted.length - reach; length <= wanted.length + reach; length++) {
      const filed = this.#byLength.get(length);
      if (!filed) continue;
      for (let at = 0; at < filed.letters.length; at++) {
        // A change takes a letter away, adds one, or both.
        const unlike = countBits(letters ^ (filed.letters[at] ?? 0));
        if (unlike > 2 * reach) continue;
        const name = filed.names[at] ?? '';
        const changes = distance(wanted, name);
        if (changes <= reach) found.push({ name, changes, unlike });
      }
    }
    // Of two that are equally far, the one of the same letters: they were only in another order.
    const order = (a: (typeof found)[0], b: (typeof found)[0]) =>
      a.changes - b.changes || a.unlike - b.unlike || byCode(a.name, b.name);
    return found.sort(order).map(({ name }) => name);
  }
}

/** One bit for each letter that a name has; digits and signs share some. */
function lettersOf(name: string): number {
  let bits = 0;
  for (let at = 0; at < name.length; at++) bits |= 1 << (name.charCodeAt(at) & 31);
  return bits;
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function shortest(a: string, b: string): number {
  return a.length - b.length || byCode(a, b);
}
