/** Whether a build or an artifact has booted. Nothing is said of what was not tried. */
import { Badge, Text } from '@mantine/core';
import { IconPower, IconX } from '@tabler/icons-react';
import { formatDuration } from '../../amounts.ts';
import type { Verdict as BootVerdict } from '../../model/artifact.ts';

const icon = { size: 12, stroke: 3, 'aria-hidden': true } as const;

function words({ bootable, seconds }: BootVerdict): string {
  return bootable ? `booted in ${formatDuration(seconds)}` : 'did not boot';
}

/** Beside a badge of its state. */
export function Verdict({ verdict }: { verdict: BootVerdict | null }) {
  if (!verdict) return null;
  return (
    <Text size="sm" c={verdict.bootable ? 'inherit' : 'red'} span>
      {words(verdict)}
    </Text>
  );
}

export function VerdictBadge({ verdict, size = 'md' }: { verdict: BootVerdict | null; size?: 'sm' | 'md' | 'lg' }) {
  if (!verdict) return null;
  const { bootable } = verdict;
  return (
    <Badge
      color={bootable ? 'green' : 'red'}
      variant="light"
      size={size}
      tt="none"
      leftSection={bootable ? <IconPower {...icon} /> : <IconX {...icon} />}
    >
      {words(verdict)}
    </Badge>
  );
}
