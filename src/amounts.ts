/** Sizes, durations and shares as people read them, worded here once for the command line, messages and the web UI. */

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Binary units with one decimal: `212.0 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${byteUnits[unit]}`;
}

/** To compare, no more exact than is of use: `0.4s`, `12s`, `5m 19s`, `21m`, `1h 05m`; `seconds` below zero (clocks that disagree) counts as zero. */
export function formatDuration(seconds: number): string {
  const span = Math.max(0, seconds);
  if (span < 9.95) return `${span.toFixed(1)}s`;
  const whole = Math.round(span);
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 10) return `${minutes}m ${twoDigits(whole % 60)}s`;
  const rounded = Math.round(whole / 60);
  if (rounded < 60) return `${rounded}m`;
  return `${Math.floor(rounded / 60)}h ${twoDigits(rounded % 60)}m`;
}

/** For a sentence, to one decimal of the largest unit that it has two of: `45 seconds`, `2.5 minutes`, `36 hours`, `3 days`. */
export function durationInWords(seconds: number): string {
  const [unit, size] = wordedUnits.find(([, size]) => seconds >= 2 * size) ?? (['second', 1] as const);
  const count = Math.round((10 * Math.max(0, seconds)) / size) / 10;
  return formatCount(count, unit);
}

const wordedUnits = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** `fraction` from 0 to 1; rounded down, so that 100 % is said only of what is complete. */
export function formatPercent(fraction: number): string {
  return `${Math.floor(fraction * 100 + 1e-9)} %`;
}

/** `1 stage`, `3 stages`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
