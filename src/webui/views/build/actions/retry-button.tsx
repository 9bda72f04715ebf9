/** Runs an ended build again: at once from where it went wrong, or from a stage that is chosen. */
import { ActionIcon, Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconRefresh } from '@tabler/icons-react';
import type { Build } from '../../../../model/build.ts';
import type { StageName } from '../../../../stages/names.ts';
import { client, unfinished } from '../../../api.ts';
import { usePageAction } from '../../../shell/page-actions.ts';
import { RetryDialog } from './retry-dialog.tsx';
import { useBuildAction } from './use-build-action.ts';

/** A verification keeps nothing that a retry could continue from. */
export function canRetry(build: Build): boolean {
  return !unfinished(build) && build.verifies === null;
}

/** Without a question, for lists: nothing is lost by it. */
export function RetryIcon({ build }: { build: Build }) {
  const retry = useBuildAction(() => client.builds.retry(build.id));
  return (
    <ActionIcon
      variant="subtle"
      size="lg"
      aria-label={`Retry ${build.name} ${build.version}`}
      title="Retry from where it went wrong"
      loading={retry.isPending}
      onClick={() => retry.mutate()}
    >
      <IconRefresh size={18} aria-hidden />
    </ActionIcon>
  );
}

export function RetryButton({ build }: { build: Build }) {
  const [open, { open: show, close }] = useDisclosure();
  const retry = useBuildAction((stage: StageName | undefined) => client.builds.retry(build.id, stage));
  const label = build.state === 'succeeded' ? 'Run again…' : 'Retry…';
  usePageAction(label, 'r', show);
  const choose = (stage: StageName | undefined) => retry.mutate(stage, { onSuccess: close });
  return (
    <Group gap="xs">
      <Button
        variant={build.state === 'cancelled' ? 'filled' : 'default'}
        leftSection={<IconRefresh size={16} aria-hidden />}
        onClick={show}
      >
        {label}
      </Button>
      {open && <RetryDialog build={build} busy={retry.isPending} onClose={close} onRetry={choose} />}
    </Group>
  );
}
