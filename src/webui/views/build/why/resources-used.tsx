/** What a stage's container has used; what the machine does not tell is left out. */
import { Text } from '@mantine/core';
import type { Usage } from '../../../../stages/contract.ts';
import { bytes, duration } from '../../../format.ts';

export function ResourcesUsed({ usage: { cpuSeconds, peakMemoryBytes, writtenBytes } }: { usage: Usage }) {
  const parts = [
    cpuSeconds === null ? [] : `${duration(cpuSeconds)} of CPU`,
    peakMemoryBytes === null ? [] : `${bytes(peakMemoryBytes)} of memory at the peak`,
    writtenBytes === null ? [] : `${bytes(writtenBytes)} written`,
  ].flat();
  if (parts.length === 0) return null;
  return (
    <Text size="sm" c="dimmed">
      Used {parts.join(' · ')}
    </Text>
  );
}
