/** Whether it booted, in a word: nothing is said of what was not tried. */
import { Text } from '@mantine/core';
import type { VerdictShape } from '../../../shapes/shapes.ts';
import { duration } from '../../format.ts';

export function Verdict({ verdict }: { verdict: VerdictShape | null }) {
  if (!verdict) return null;
  return (
    <Text size="sm" c={verdict.bootable ? 'inherit' : 'red'} span>
      {verdict.bootable ? `booted in ${duration(verdict.seconds)}` : 'does not boot'}
    </Text>
  );
}
