/** Whether a build or an artifact has booted, or nobody has tried. */
import { Badge, Text } from '@mantine/core';
import { IconAlertTriangle, IconEyeCheck, IconPower, IconX } from '@tabler/icons-react';
import { formatDuration } from '../../amounts.ts';
import type { Verdict as BootVerdict } from '../../model/artifact.ts';
import type { BuildState } from '../../model/build.ts';

const icon = { size: 12, stroke: 3, 'aria-hidden': true } as const;

function words({ bootable, seconds }: BootVerdict): string {
  if (bootable === null) return 'not booted here';
  return bootable ? `booted in ${formatDuration(seconds)}` : 'did not boot';
}

const untestedWords = 'not boot-tested';
/** Amber, dark enough on white and light enough on black. */
export const amber = 'light-dark(#8a4b00, var(--mantine-color-yellow-4))';

type Shown = 'booted' | 'failed' | 'elsewhere';

/** `elsewhere`: where it is to boot, nothing here can show. */
function shown({ bootable }: BootVerdict): Shown {
  return bootable === null ? 'elsewhere' : bootable ? 'booted' : 'failed';
}

const textColors: Readonly<Record<Shown, string>> = { booted: 'inherit', failed: 'red', elsewhere: amber };
const badges = {
  booted: { color: 'green', Icon: IconPower },
  failed: { color: 'red', Icon: IconX },
  elsewhere: { color: 'yellow', Icon: IconEyeCheck },
} as const satisfies Readonly<Record<Shown, unknown>>;

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
    <Text size="sm" c={textColors[shown(verdict)]} title={verdict.note} span>
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
  const { color, Icon } = badges[shown(verdict)];
  return (
    <Badge
      color={color}
      title={verdict.note}
      {...(verdict.bootable === null && { c: amber })}
      variant="light"
      size={size}
      tt="none"
      leftSection={<Icon {...icon} />}
    >
      {words(verdict)}
    </Badge>
  );
}
