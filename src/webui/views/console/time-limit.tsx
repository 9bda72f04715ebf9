import { Text } from '@mantine/core';
import { consoleSeconds } from '../../../model/console.ts';
import { useNow } from '../../parts/time.tsx';
import { secondsLeft } from './seconds-left.ts';

/** From here on the end is near enough to be seen. */
const soonSeconds = 120;

/** How much is left of the time that a machine may run: `29:41 left`. */
export function TimeLimit({ fromMs }: { fromMs: number }) {
  const left = secondsLeft(fromMs, useNow());
  const words = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  return (
    <Text
      size="sm"
      c={left < soonSeconds ? 'red' : 'dimmed'}
      style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}
      title={`The VM is powered off after ${consoleSeconds / 60} minutes.`}
    >
      {words} left
    </Text>
  );
}
