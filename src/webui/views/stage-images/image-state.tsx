/** Whether builds can use an image: a word, a colour and an icon. */
import { Badge } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconClock, IconMinus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { StageImageStatus } from '../../../model/stage-image.ts';

const icon = { size: 12, stroke: 3, 'aria-hidden': true } as const;

const looks: Readonly<Record<StageImageStatus['state'], { color: string; icon: ReactNode }>> = {
  ok: { color: 'green', icon: <IconCheck {...icon} /> },
  missing: { color: 'red', icon: <IconX {...icon} /> },
  mismatch: { color: 'red', icon: <IconAlertTriangle {...icon} /> },
  stale: { color: 'orange', icon: <IconClock {...icon} /> },
  unused: { color: 'gray', icon: <IconMinus {...icon} /> },
};

export function ImageState({ state }: Pick<StageImageStatus, 'state'>) {
  const { color, icon: symbol } = looks[state];
  return (
    <Badge color={color} variant="light" tt="none" leftSection={symbol}>
      {state}
    </Badge>
  );
}
