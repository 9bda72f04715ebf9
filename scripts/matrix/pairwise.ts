/** A small set of combinations in which every two values that can stand side by side do so at least once. */
import type { Combination } from './factors.ts';

/** The two values by their places. */
export function pairsOf(combination: Combination): string[] {
  return combination.flatMap((one, first) =>
    combination.slice(first + 1).map((other, index) => `${first}=${one} ${first + 1 + index}=${other}`),
  );
}

/**
 * Takes the one with the most pairs that none before it has, until there are no such pairs left; of several the first. The same for
 * the same input.
 */
export function coveringSet(possible: readonly Combination[]): Combination[] {
  const left = new Set(possible.flatMap(pairsOf));
  const chosen: Combination[] = [];
  while (left.size > 0) {
    let best: Combination = [];
    let most = 0;
    for (const combination of possible) {
      const gain = pairsOf(combination).filter((pair) => left.has(pair)).length;
      if (gain > most) [best, most] = [combination, gain];
    }
    chosen.push(best);
    for (const pair of pairsOf(best)) left.delete(pair);
  }
  return chosen;
}
