/** Numbers and times as people read them. */

const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `96.1 MiB`; three digits are enough to compare. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < binaryUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toPrecision(value >= 1000 ? 4 : 3)} ${binaryUnits[unit]}`;
}

/** `0.3 s`, `42 s`, `4 min 05 s`, `2 h 03 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Seconds between two times; up to `nowMs` when there is no second one, undefined when there is no first. */
export function secondsBetween(start: string | null, end: string | null, nowMs: number): number | undefined {
  if (start === null) return undefined;
  return Math.max(0, ((end === null ? nowMs : Date.parse(end)) - Date.parse(start)) / 1000);
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'long' });
const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 minutes ago`; beyond a week the date. */
export function ago(time: string, nowMs: number): string {
  const seconds = (Date.parse(time) - nowMs) / 1000;
  if (Math.abs(seconds) > 7 * 86_400) return new Date(time).toLocaleDateString();
  for (const [unit, size] of steps)
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  return Math.abs(seconds) < 5 ? 'just now' : relative.format(Math.round(seconds), 'second');
}

/** How long something is likely to go on, no more exact than an estimate is: `5 s`, `45 s`, `9 min`, `2 h 03 min`. */
export function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : duration(minutes * 60);
}

/** `42 %`, of a fraction; rounded down, so that 100 % is said only of what is complete. */
export function percent(fraction: number): string {
  return `${Math.floor(fraction * 100 + 1e-9)} %`;
}
