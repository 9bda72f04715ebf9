/** What a stage's container has used; what the machine does not tell is left out, and nothing written is nothing to tell. */
import { Text } from '@mantine/core';
import { formatBytes, formatDuration } from '../../../../amounts.ts';
import type { Usage } from '../../../../stages/contract.ts';

export function ResourcesUsed({ usage: { cpuSeconds, peakMemoryBytes, writtenBytes } }: { usage: Usage }) {
  const parts = [
    cpuSeconds === null ? [] : `${formatDuration(cpuSeconds)} CPU`,
    peakMemoryBytes === null ? [] : `${formatBytes(peakMemoryBytes)} peak memory`,
    writtenBytes === null || writtenBytes === 0 ? [] : `${formatBytes(writtenBytes)} written`,
  ].flat();
  if (parts.length === 0) return null;
  return (
    <Text size="sm" c="dimmed">
      {parts.join(' · ')}
    </Text>
  );
}
