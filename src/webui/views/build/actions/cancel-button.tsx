/** Cancels a build, after it has said what is lost. */
import { ActionIcon, Button, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconPlayerStop } from '@tabler/icons-react';
import { formatPercent } from '../../../../amounts.ts';
import type { Build } from '../../../../model/build.ts';
import { client } from '../../../api.ts';
import { usePageAction } from '../../../shell/page-actions.ts';
import { useBuildAction } from './use-build-action.ts';

interface CancelProps {
  build: Build;
  /** An icon alone, for lists. */
  compact?: boolean;
}

export function CancelButton({ build, compact = false }: CancelProps) {
  const { id, name, version } = build;
  const cancel = useBuildAction(() => client.builds.cancel(id));
  const ask = () =>
    modals.openConfirmModal({
      title: `Cancel ${name} ${version}?`,
      children: <Text size="sm">{whatIsLost(build)}</Text>,
      labels: { confirm: 'Cancel the build', cancel: 'Keep building' },
      confirmProps: { color: 'red' },
      onConfirm: () => cancel.mutate(),
    });
  usePageAction(compact ? undefined : 'Cancel this build…', compact ? undefined : 'x', ask);
  if (!compact)
    return (
      <Button
        color="red"
        variant="light"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        loading={cancel.isPending}
        onClick={ask}
      >
        Cancel
      </Button>
    );
  return (
    <ActionIcon
      color="red"
      variant="subtle"
      size="lg"
      aria-label={`Cancel ${name} ${version}`}
      title="Cancel"
      loading={cancel.isPending}
      onClick={ask}
    >
      <IconPlayerStop size={18} aria-hidden />
    </ActionIcon>
  );
}

function whatIsLost({ stages }: Build): string {
  const running = stages.filter(({ state }) => state === 'running');
  if (running.length === 0) return 'The build will leave the queue. You can retry it later.';
  const named = running.map(({ name, progress }) => (progress > 0 ? `${name} (${formatPercent(progress)})` : name));
  return `What runs is stopped and starts from the beginning in a retry: ${named.join(', ')}. Finished stages are kept.`;
}
