/** What differs between two texts, line by line. Pure. */

export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** Where more would have to be compared, everything between the equal beginning and the equal end counts as replaced. */
const mostComparisons = 4_000_000;

/** Every line of both texts, in order; what was removed stands before what was added in its place. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, now] = [lines(before), lines(after)];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  return [
    ...marked('same', old.slice(0, start)),
    ...between(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...marked('same', old.slice(old.length - end)),
  ];
}

/** A stretch of lines to show, or how many equal ones are left out; `at` counts the lines of the difference from 0. */
export type DiffPart = { lines: (DiffLine & { at: number })[] } | { skipped: number; at: number };

/** The differences with so many equal lines around each. */
export function withContext(diff: readonly DiffLine[], context = 3): DiffPart[] {
  const shown = new Set<number>();
  diff.forEach(({ kind }, index) => {
    if (kind !== 'same') for (let near = index - context; near <= index + context; near++) shown.add(near);
  });
  const parts: DiffPart[] = [];
  diff.forEach((line, at) => {
    const last = parts.at(-1);
    if (shown.has(at)) {
      if (last && 'lines' in last) last.lines.push({ ...line, at });
      else parts.push({ lines: [{ ...line, at }] });
    } else if (last && 'skipped' in last) last.skipped++;
    else parts.push({ skipped: 1, at });
  });
  return parts;
}

function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function marked(kind: DiffLine['kind'], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => ({ kind, text }));
}

/** By the longest common subsequence: `common[i][j]` is its length from line i of the one and line j of the other on. */
function between(old: readonly string[], now: readonly string[]): DiffLine[] {
  if (old.length * now.length > mostComparisons) return [...marked('removed', old), ...marked('added', now)];
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const found: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [was, is] = [old[i], now[j]];
    if (was !== undefined && was === is) {
      found.push({ kind: 'same', text: was });
      i++;
      j++;
    } else if (was !== undefined && (is === undefined || at(i + 1, j) >= at(i, j + 1))) {
      found.push({ kind: 'removed', text: was });
      i++;
    } else if (is !== undefined) {
      found.push({ kind: 'added', text: is });
      j++;
    }
  }
  return found;
}
