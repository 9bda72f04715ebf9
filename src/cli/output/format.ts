/** Every duration, share and time that the command line prints is worded here, with its unit; sizes are in src/bytes.ts. */

/** `0.4s`, `12s`, `5m 19s`, `1h 05m`; `seconds` below zero (clocks that disagree) counts as zero. */
export function formatDuration(seconds: number): string {
  const span = Math.max(0, seconds);
  if (span < 9.95) return `${span.toFixed(1)}s`;
  const whole = Math.round(span);
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m ${pad(whole % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
}

/** `fraction` from 0 to 1; rounded down, so that 100 % is said only of what is complete. */
export function formatPercent(fraction: number): string {
  return `${Math.floor(fraction * 100 + 1e-9)} %`;
}

/** From an RFC 3339 time to `2025-11-22 19:30:12Z`. */
export function formatTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}Z`;
}

/** `5m 19s ago`, against `nowMs`. */
export function formatAge(time: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(time)) / 1000;
  return seconds >= 2 * 86_400
    ? `${Math.floor(seconds / 86_400)} days ago`
    : `${formatDuration(Math.round(seconds))} ago`;
}

/** Seconds between two RFC 3339 times; null when one of them is not known yet. */
export function secondsBetween(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000;
}

/** `1 stage`, `3 stages`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
