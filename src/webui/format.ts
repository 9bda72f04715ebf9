/** Times as people read them; sizes, durations and shares are in src/amounts.ts. */
import { formatDuration } from '../amounts.ts';

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

/** How long something is likely to continue, no more exact than an estimate is: `5s`, `45s`, `9m`, `2h 03m`. */
export function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.max(5, Math.round(seconds / 5) * 5)}s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes}m` : formatDuration(minutes * 60);
}
