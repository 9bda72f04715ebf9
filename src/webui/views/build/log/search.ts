/** Finds lines of a log, a slice at a time: the page stays responsive in a log of any length. Pure but for the clock. */
import { plainText } from './ansi.ts';
import type { LogView } from './log-view.ts';

const linesBetweenLooks = 512;

/** Anything in a line, in capitals or not; every character stands for itself. */
export function linePattern(words: string): RegExp {
  return new RegExp(words.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'iu');
}

export class LogSearch {
  readonly #view: LogView;
  readonly #pattern: RegExp;
  readonly #matches: number[] = [];
  #scanned = 0;

  constructor(view: LogView, words: string) {
    this.#view = view;
    this.#pattern = linePattern(words);
  }

  /** Numbers of lines, ascending. */
  get matches(): readonly number[] {
    return this.#matches;
  }

  /** Reads on for so long; gives whether all lines that there are have been read. */
  advance(budgetMs: number): boolean {
    const until = performance.now() + budgetMs;
    while (this.#scanned < this.#view.length) {
      const end = Math.min(this.#scanned + linesBetweenLooks, this.#view.length);
      for (; this.#scanned < end; this.#scanned++)
        if (this.#pattern.test(plainText(this.#view.text(this.#scanned)))) this.#matches.push(this.#scanned);
      if (performance.now() > until) break;
    }
    return this.#scanned === this.#view.length;
  }
}

/** Index of the first match at or after a line; 0 when there is none: the search goes round. */
export function matchFrom(matches: readonly number[], line: number): number {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((matches[middle] ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return low === matches.length ? 0 : low;
}
