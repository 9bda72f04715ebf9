/** From boxes and arrows to rows: who imports stands above what is imported. Pure, and the same each time. */
import type { Arrow } from './imports.ts';

export interface Rows {
  /** From the top. */
  rows: string[][];
  /** The arrows to draw: one that a way over other boxes shows already is left out. */
  drawn: Arrow[];
  /** Those that go up, against the order of all others: an import that closes a circle of folders. */
  upward: Arrow[];
}

export function arrangeRows(boxes: readonly string[], arrows: readonly Arrow[]): Rows {
  const upward = circleArrows(boxes, arrows);
  const down = arrows.filter((arrow) => !upward.includes(arrow));
  const rowOf = new Map<string, number>();
  const place = (box: string): number => {
    const known = rowOf.get(box);
    if (known !== undefined) return known;
    const row = Math.max(-1, ...targetsOf(down, box).map(place)) + 1;
    rowOf.set(box, row);
    return row;
  };
  const height = Math.max(...boxes.map(place)) + 1;
  const rows = Array.from({ length: height }, (_, index) =>
    boxes.filter((box) => rowOf.get(box) === height - 1 - index),
  );
  return { rows, drawn: withoutDetours(down), upward };
}

function targetsOf(arrows: readonly Arrow[], box: string): string[] {
  return arrows.filter(({ from }) => from === box).map(({ to }) => to);
}

/** Whether a way of arrows leads from one box to another. */
function leadsTo(arrows: readonly Arrow[], from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const box of seen) for (const target of targetsOf(arrows, box)) seen.add(target);
  return from !== to && seen.has(to);
}

/**
 * Arrows without which there is no circle, few of them: that arrow goes first without which the fewest are left in circles,
 * and of equal ones the first by the alphabet.
 */
function circleArrows(boxes: readonly string[], arrows: readonly Arrow[]): Arrow[] {
  let rest = [...arrows];
  const removed: Arrow[] = [];
  for (;;) {
    const inCircle = rest.filter(({ from, to }) => leadsTo(rest, to, from));
    if (inCircle.length === 0) return removed;
    const left = (without: Arrow) => {
      const others = rest.filter((arrow) => arrow !== without);
      return others.filter(({ from, to }) => leadsTo(others, to, from)).length;
    };
    const [worst] = inCircle
      .map((arrow) => ({ arrow, left: left(arrow) }))
      .sort((a, b) => a.left - b.left || boxes.indexOf(a.arrow.from) - boxes.indexOf(b.arrow.from));
    if (!worst) return removed;
    removed.push(worst.arrow);
    rest = rest.filter((arrow) => arrow !== worst.arrow);
  }
}

/** The transitive reduction: an arrow stays where no other way leads from its beginning to its end. */
function withoutDetours(arrows: readonly Arrow[]): Arrow[] {
  return arrows.filter((arrow) => {
    const others = arrows.filter((other) => other !== arrow);
    return !leadsTo(others, arrow.from, arrow.to);
  });
}
