/** Times and durations that keep up with the clock. */
import { Text, type TextProps, Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { formatDuration } from '../../amounts.ts';
import { ago, secondsBetween } from '../format.ts';

const tickMs = 1_000;

function subscribe(onTick: () => void): () => void {
  const timer = setInterval(onTick, tickMs);
  return () => clearInterval(timer);
}

/** The time, to the second; a component that uses it is drawn again each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / tickMs) * tickMs);
}

/** How long ago, with the local time and UTC on hover. */
export function Ago({ time, ...props }: { time: string } & TextProps) {
  const now = useNow();
  return (
    <Tooltip label={`${new Date(time).toLocaleString()} · ${time}`} events={{ hover: true, focus: true, touch: true }}>
      <Text component="time" dateTime={time} span inherit {...props}>
        {ago(time, now)}
      </Text>
    </Tooltip>
  );
}

/** From one time to another, or to now. */
export function Elapsed({ from, to }: { from: string | null; to: string | null }) {
  const now = useNow();
  const seconds = secondsBetween(from, to, now);
  return seconds === undefined ? null : <span style={{ whiteSpace: 'nowrap' }}>{formatDuration(seconds)}</span>;
}
