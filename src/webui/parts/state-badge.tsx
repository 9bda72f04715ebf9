/** The state of a build or stage: a word, a colour and an icon, so that none of them is needed alone. */
import { Badge, Loader } from '@mantine/core';
import {
  IconArrowForwardUp,
  IconBan,
  IconCheck,
  IconClock,
  IconDatabase,
  IconHourglassEmpty,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { BuildState } from '../../model/build.ts';
import type { StageState } from '../../model/stage-run.ts';

type State = BuildState | StageState;

const icon = { size: 12, stroke: 3, 'aria-hidden': true } as const;

export const stateLooks: Readonly<Record<State, { color: string; icon: ReactNode }>> = {
  queued: { color: 'grape', icon: <IconClock {...icon} /> },
  pending: { color: 'gray', icon: <IconHourglassEmpty {...icon} /> },
  running: { color: 'blue', icon: <Loader size={10} color="blue" aria-hidden /> },
  succeeded: { color: 'green', icon: <IconCheck {...icon} /> },
  cached: { color: 'teal', icon: <IconDatabase {...icon} /> },
  failed: { color: 'red', icon: <IconX {...icon} /> },
  cancelled: { color: 'orange', icon: <IconBan {...icon} /> },
  skipped: { color: 'gray', icon: <IconArrowForwardUp {...icon} /> },
};

export function StateBadge({ state, size = 'md' }: { state: State; size?: 'sm' | 'md' | 'lg' }) {
  const { color, icon: symbol } = stateLooks[state];
  return (
    <Badge
      color={color}
      variant="light"
      leftSection={symbol}
      size={size}
      tt="none"
      data-state={state}
      style={{ flexShrink: 0 }}
    >
      {state}
    </Badge>
  );
}
