/** Deletes a build that has ended, after it has said what is lost. */
import { List, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { formatBytes } from '../../../../amounts.ts';
import type { Build } from '../../../../model/build.ts';
import { client, queryClient, refreshLists } from '../../../api.ts';
import { notifyError } from '../../../parts/error-notice.tsx';

export function useDelete(build: Build): { ask: () => void; busy: boolean } {
  const { id, name, version } = build;
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => client.builds.remove(id),
    onSuccess: async () => {
      notifications.show({ message: `Build ${id} of ${name} is deleted.` });
      await navigate({ to: '/builds' });
      queryClient.removeQueries({ queryKey: ['build', id] });
      refreshLists();
    },
    onError: notifyError,
  });
  const ask = () =>
    modals.openConfirmModal({
      title: `Delete this build of ${name} ${version}?`,
      children: <Losses build={build} />,
      labels: { confirm: 'Delete the build', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(),
    });
  return { ask, busy: remove.isPending };
}

function Losses({ build: { artifacts } }: { build: Build }) {
  const there = artifacts.filter(({ removedAt }) => removedAt === undefined);
  const size = there.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <>
      <Text size="sm">What is lost for good:</Text>
      <List size="sm" my="xs">
        <List.Item>its log and the record of why each stage ran</List.Item>
        {there.length > 0 && (
          <List.Item>
            {there.length} {there.length === 1 ? 'artifact' : 'artifacts'}, {formatBytes(size)}, unless another build
            has the same
          </List.Item>
        )}
      </List>
      <Text size="sm">The results of its stages stay in the cache, so the same build is quick to make again.</Text>
    </>
  );
}
