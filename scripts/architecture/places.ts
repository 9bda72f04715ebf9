/**
 * Where each box stands, so that arrows cross little: the boxes of a row, and the points at which longer arrows pass it,
 * are ordered and moved by the middle of what they are joined to (Sugiyama, Tagawa and Toda, 1981). Pure, and the same each time.
 */
import type { Arrow } from './imports.ts';

/** A box, or a point at which an arrow passes a row. */
export interface Spot {
  name: string;
  /** The middle, in pixels from the left. */
  x: number;
  width: number;
}

export interface Places {
  rows: Spot[][];
  /** Of each arrow the spots that it goes through, its two ends included. */
  ways: Spot[][];
}

const gap = 14;
const passWidth = 8;
/** What order takes to settle, and then the places of long arrows: each sweep moves them by a part of the way. */
const orderSweeps = 24;
const sweeps = 400;

/** @param boxWidth how wide a box is, in pixels */
export function placeSpots(
  rows: readonly (readonly string[])[],
  arrows: readonly Arrow[],
  boxWidth: (name: string) => number,
): Places {
  const spots = rows.map((row) => row.map((name): Spot => ({ name, x: 0, width: boxWidth(name) })));
  const rowOf = (name: string) => rows.findIndex((row) => row.includes(name));
  const ways = arrows.map(({ from, to }) => {
    const first = rowOf(from);
    return Array.from({ length: rowOf(to) - first + 1 }, (_, step): Spot => {
      const row = spots[first + step] ?? [];
      const name = step === 0 ? from : first + step === rowOf(to) ? to : `${from} ${to}`;
      const there = row.find((spot) => spot.name === name);
      if (there) return there;
      const pass: Spot = { name, x: 0, width: passWidth };
      row.push(pass);
      return pass;
    });
  });
  const joined = neighbours(ways);
  for (const row of spots) spread(row);
  for (let sweep = 0; sweep < sweeps; sweep++)
    for (const row of sweep % 2 === 0 ? spots : [...spots].reverse()) {
      const wanted = new Map(row.map((spot) => [spot, middle(joined.get(spot) ?? []) ?? spot.x]));
      // Order is found first; then only places move.
      if (sweep < orderSweeps) row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || compare(a, b));
      moveTo(row, wanted);
    }
  return { rows: spots, ways };
}

function compare(a: Spot, b: Spot): number {
  return a.name < b.name ? -1 : 1;
}

function neighbours(ways: readonly Spot[][]): Map<Spot, Spot[]> {
  const joined = new Map<Spot, Spot[]>();
  const join = (a: Spot, b: Spot) => joined.set(a, [...(joined.get(a) ?? []), b]);
  for (const way of ways)
    way.forEach((spot, index) => {
      const next = way[index + 1];
      if (!next) return;
      join(spot, next);
      join(next, spot);
    });
  return joined;
}

function middle(spots: readonly Spot[]): number | undefined {
  return spots.length === 0 ? undefined : spots.reduce((sum, { x }) => sum + x, 0) / spots.length;
}

function spread(row: readonly Spot[]): void {
  const width = row.reduce((sum, spot) => sum + spot.width + gap, -gap);
  let left = -width / 2;
  for (const spot of row) {
    spot.x = left + spot.width / 2;
    left += spot.width + gap;
  }
}

/** As near to the wanted places as the order of the row and its gaps allow. */
function moveTo(row: readonly Spot[], wanted: ReadonlyMap<Spot, number>): void {
  let right = Number.NEGATIVE_INFINITY;
  for (const spot of row) {
    spot.x = Math.max(wanted.get(spot) ?? spot.x, right + spot.width / 2);
    right = spot.x + spot.width / 2 + gap;
  }
  const off = row.reduce((sum, spot) => sum + spot.x - (wanted.get(spot) ?? spot.x), 0) / row.length;
  for (const spot of row) spot.x -= off;
}
