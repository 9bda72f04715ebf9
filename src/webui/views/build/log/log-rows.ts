/** The rows that a folded log has: headings, and the lines of what is open. Pure. */
import type { Outline, Section } from './sections.ts';

export type LogRow = { heading: Section; open: boolean } | { line: number };

interface Stretch {
  /** Its first row. */
  row: number;
  /** One heading, or lines of an attempt. */
  content: { heading: Section; open: boolean } | { outline: Outline; from: number; count: number };
}

export class LogRows {
  readonly length: number;
  readonly #stretches: Stretch[] = [];
  readonly #outlines: readonly Outline[];
  /** The stretch that was asked for last: rows are asked for one after the other, hundreds of thousands at a time. */
  #last = 0;

  constructor(outlines: readonly Outline[], isOpen: (section: Section) => boolean) {
    this.#outlines = outlines;
    let row = 0;
    const lines = (outline: Outline, from: number, to: number) => {
      if (to <= from) return;
      this.#stretches.push({ row, content: { outline, from, count: to - from } });
      row += to - from;
    };
    const add = (outline: Outline, section: Section, headed: boolean) => {
      const open = !headed || isOpen(section);
      if (headed) this.#stretches.push({ row: row++, content: { heading: section, open } });
      if (!open) return;
      let next = section.from;
      for (const part of section.parts) {
        lines(outline, next, part.from);
        add(outline, part, true);
        next = part.to;
      }
      lines(outline, next, section.to);
    };
    for (const outline of outlines) add(outline, outline.whole, outline.headed);
    this.length = row;
  }

  /** @throws RangeError when there is no such row */
  row(index: number): LogRow {
    const { row, content } = this.#stretchAt(index);
    if ('heading' in content) return content;
    return { line: numberOf(content.outline, content.from + index - row) };
  }

  isHeading(index: number): boolean {
    return 'heading' in this.#stretchAt(index).content;
  }

  /** What tells a row from others, whatever is folded: a line's number, or the key of a heading. */
  key(index: number): number | string {
    const { row, content } = this.#stretchAt(index);
    return 'heading' in content ? content.heading.key : numberOf(content.outline, content.from + index - row);
  }

  /** The row of a line of the view, or of the heading that it is folded under; undefined when there is no such line. */
  rowOf(line: number): number | undefined {
    for (const outline of this.#outlines) {
      const own = ownLine(outline, line);
      if (own === undefined) continue;
      const found = this.#stretches.find(({ content }) =>
        'heading' in content
          ? !content.open && content.heading.attempt === outline.attempt && holds(content.heading, own)
          : content.outline === outline && own >= content.from && own < content.from + content.count,
      );
      if (!found) return undefined;
      return 'heading' in found.content ? found.row : found.row + own - found.content.from;
    }
    return undefined;
  }

  #stretchAt(index: number): Stretch {
    if (!this.#holds(this.#last, index)) {
      const next = this.#last + 1;
      this.#last = this.#holds(next, index) ? next : this.#stretches.findLastIndex(({ row }) => row <= index);
    }
    const found = this.#stretches[this.#last];
    if (!found || !this.#holds(this.#last, index)) throw new RangeError(`the log has no row ${index}`);
    return found;
  }

  #holds(place: number, index: number): boolean {
    const stretch = this.#stretches[place];
    return stretch !== undefined && index >= stretch.row && index < (this.#stretches[place + 1]?.row ?? this.length);
  }
}

/** The sections that a line of the view is in, from the outside in. */
export function sectionsOf(outlines: readonly Outline[], line: number): Section[] {
  for (const outline of outlines) {
    const own = ownLine(outline, line);
    if (own === undefined) continue;
    const found = [outline.whole];
    for (let parts = outline.whole.parts; ; ) {
      const next = parts.find((part) => holds(part, own));
      if (!next) return found;
      found.push(next);
      parts = next.parts;
    }
  }
  return [];
}

function holds({ from, to }: Section, line: number): boolean {
  return line >= from && line < to;
}

function numberOf({ numbers }: Outline, line: number): number {
  return numbers ? (numbers[line] ?? -1) : line;
}

/** Which line of the attempt has this number in the view; undefined when it has none. */
function ownLine({ numbers, attempt }: Outline, number: number): number | undefined {
  if (!numbers) return number < attempt.length ? number : undefined;
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === number ? low : undefined;
}
