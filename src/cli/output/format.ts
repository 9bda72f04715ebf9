/** Times as the command line prints them; sizes, durations and shares are in src/amounts.ts. */
import { durationInWords, formatDuration } from '../../amounts.ts';
import { printableText } from '../../printable-text.ts';

/** From an RFC 3339 time to `2025-11-22 19:30:12Z`. */
export function formatTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}Z`;
}

/** `5m 19s ago`, against `nowMs`. */
export function formatAge(time: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(time)) / 1000;
  const days = Math.floor(seconds / 86_400);
  return `${days >= 2 ? durationInWords(days * 86_400) : formatDuration(Math.round(seconds))} ago`;
}

/** Seconds between two RFC 3339 times; null when one of them is not known yet. */
export function secondsBetween(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000;
}

/** A text for a place that has one line: its first one, `…` where there is more. */
export function firstLine(text: string, most = 100): string {
  const [first = '', ...more] = text.trim().split('\n');
  const line = printableText(first).trimEnd();
  if (line.length > most) return `${line.slice(0, most - 1)}…`;
  return more.length === 0 ? line : `${line} …`;
}
