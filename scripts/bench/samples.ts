/** Samples of one quantity, and what they say. */

/** `×` is a ratio to a peer that was measured in the same run; without a unit it is a number of things. */
export type Unit = '×' | 's' | 'ms' | 'MB' | '';

export interface Samples {
  /** Whose samples they are. */
  of: string;
  unit: Unit;
  values: readonly number[];
}

type Measure = () => Promise<number>;

/**
 * Measures two sides in turn, `rounds` times. Every other round begins with the other side, so that what changes on the
 * machine meanwhile (its load, its page cache) meets both alike.
 */
export async function alternating(rounds: number, ours: Measure, peer: Measure): Promise<[number[], number[]]> {
  const values: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const order = [0, 1] as const;
    for (const side of round % 2 === 0 ? order : order.toReversed())
      values[side].push(await (side === 0 ? ours : peer)());
  }
  return values;
}

/** The middle value, or the mean of the two in the middle. @throws Error when there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error('there is no median of nothing');
  return (low + high) / 2;
}

/** `LDF 1.42 s (1.31–1.60, n = 3)`: the median, then the least and the greatest. */
export function describe({ of, unit, values }: Samples): string {
  const middle = `${of} ${figure(median(values), unit)}`;
  if (values.length === 1) return `${middle} (n = 1)`;
  const [least, greatest] = [Math.min(...values), Math.max(...values)].map(digits);
  return `${middle} (${least}–${greatest}, n = ${values.length})`;
}

/** A value with its unit. */
export function figure(value: number, unit: Unit): string {
  return unit === '' ? String(value) : `${digits(value)} ${unit}`;
}

/** Three digits that count: 0.42, 4.21, 42.1, 421. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
