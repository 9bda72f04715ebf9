/** Whether a build or an artifact has booted, in a word. Nothing is shown of what was not tried. */
import { Badge } from '@mantine/core';
import { IconPower, IconX } from '@tabler/icons-react';
import type { VerdictShape } from '../../../shapes/shapes.ts';
import { duration } from '../../format.ts';

const icon = { size: 12, stroke: 3, 'aria-hidden': true } as const;

export function VerdictBadge({ verdict, size = 'md' }: { verdict: VerdictShape | null; size?: 'sm' | 'md' | 'lg' }) {
  if (!verdict) return null;
  const { bootable, seconds } = verdict;
  return (
    <Badge
      color={bootable ? 'green' : 'red'}
      variant="light"
      size={size}
      tt="none"
      leftSection={bootable ? <IconPower {...icon} /> : <IconX {...icon} />}
    >
      {bootable ? `booted in ${duration(seconds)}` : 'did not boot'}
    </Badge>
  );
}
