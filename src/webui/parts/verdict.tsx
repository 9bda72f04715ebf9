/** Whether a build or an artifact has booted, or nobody has tried. */
import { Badge, Text } from '@mantine/core';
import { IconAlertTriangle, IconPower, IconX } from '@tabler/icons-react';
import { formatDuration } from '../../amounts.ts';
import type { Verdict as BootVerdict } from '../../model/artifact.ts';
import type { BuildState } from '../../model/build.ts';

const icon = { size: 12, stroke: 3, 'aria-hidden': true } as const;

function words({ bootable, seconds }: BootVerdict): string {
  return bootable ? `booted in ${formatDuration(seconds)}` : 'did not boot';
}

const untestedWords = 'not boot-tested';
/** Amber, dark enough on white and light enough on black. */
export const amber = 'light-dark(#8a4b00, var(--mantine-color-yellow-4))';

/** A build that has succeeded without a boot test; a verification has none of its own. */
export function succeededUntested(build: {
  state: BuildState;
  verdict: BootVerdict | null;
  verifies?: string | null;
}): boolean {
  return build.state === 'succeeded' && build.verdict === null && (build.verifies ?? null) === null;
}

/** Beside a badge of its state. @param untested it could have been tried, and was not */
export function Verdict({ verdict, untested = false }: { verdict: BootVerdict | null; untested?: boolean }) {
  if (!verdict)
    return untested ? (
      <Text size="sm" c={amber} span style={{ whiteSpace: 'nowrap' }}>
        {untestedWords}
      </Text>
    ) : null;
  return (
    <Text size="sm" c={verdict.bootable ? 'inherit' : 'red'} span>
      {words(verdict)}
    </Text>
  );
}

interface VerdictBadgeProps {
  verdict: BootVerdict | null;
  /** It could have been tried, and was not. */
  untested?: boolean;
  size?: 'sm' | 'md' | 'lg';
}

export function VerdictBadge({ verdict, untested = false, size = 'md' }: VerdictBadgeProps) {
  if (!verdict)
    return untested ? (
      <Badge
        color="yellow"
        c={amber}
        variant="light"
        size={size}
        tt="none"
        leftSection={<IconAlertTriangle {...icon} />}
      >
        {untestedWords}
      </Badge>
    ) : null;
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
