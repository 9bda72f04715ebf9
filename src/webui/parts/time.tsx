/** Times and durations that keep up with the clock. */
import { Text, type TextProps, Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { formatDuration } from '../../amounts.ts';
import { ago, secondsBetween } from '../format.ts';

const tickMs = 1_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for all that keep up with the clock. */
function subscribe(onTick: () => void): () => void {
  timer ??= setInterval(() => {
    for (const listener of [...listeners]) listener();
  }, tickMs);
  listeners.add(onTick);
  return () => {
    listeners.delete(onTick);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, to the second; a component that uses it is drawn again each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / tickMs) * tickMs);
}

/** How long ago, with the local time and UTC on hover. */
export function Ago({ time, ...props }: { time: string } & TextProps) {
  // Drawn again when its words change, and not each second.
  const words = useSyncExternalStore(subscribe, () => ago(time, Date.now()));
  return (
    <Tooltip label={`${new Date(time).toLocaleString()} · ${time}`} events={{ hover: true, focus: true, touch: true }}>
      <Text component="time" dateTime={time} span inherit {...props}>
        {words}
      </Text>
    </Tooltip>
  );
}

/** From one time to another, or to now. */
export function Elapsed({ from, to }: { from: string | null; to: string | null }) {
  const words = useSyncExternalStore(subscribe, () => {
    const seconds = secondsBetween(from, to, Date.now());
    return seconds === undefined ? undefined : formatDuration(seconds);
  });
  return words === undefined ? null : <span style={{ whiteSpace: 'nowrap' }}>{words}</span>;
}
