/** Keeps the lines of a console that explain a failure: those up to its first sign, and the last ones after it. */
import type { ConsoleLine } from './console.ts';

const keptBefore = 40;
const keptAfter = 12;

export class ConsoleTail {
  #before: string[] | undefined;
  #recent: string[] = [];
  #dropped = 0;

  /**
   * Takes in a line; one that rewrites the line before takes its place. False when the line says nothing new: the next
   * frame of a progress display, equal but for its moving stars and its seconds.
   */
  add({ text, rewrites }: ConsoleLine): boolean {
    const replaced = rewrites ? this.#recent.pop() : undefined;
    this.#recent.push(text);
    if (this.#recent.length > (this.#before ? keptAfter : keptBefore + keptAfter)) {
      this.#recent.shift();
      this.#dropped += 1;
    }
    return replaced === undefined || still(text) !== still(replaced);
  }

  /** A first sign of failure has been seen: the lines before it are kept from now on. Later calls change nothing. */
  mark(): void {
    if (this.#before) return;
    this.#before = this.#recent.slice(-keptBefore);
    this.#recent = [];
    this.#dropped = 0;
  }

  /** The lines kept, oldest first; a gap shows as an ellipsis. */
  get lines(): string[] {
    if (!this.#before) return [...this.#recent];
    return [...this.#before, ...(this.#dropped > 0 ? [`… ${this.#dropped} more …`] : []), ...this.#recent];
  }
}

/** A line without what moves in it. */
function still(text: string): string {
  return text.replace(/[\d*\s]+|min/g, '');
}
