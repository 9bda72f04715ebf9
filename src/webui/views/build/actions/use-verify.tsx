/** Builds a build again from nothing, to compare what comes of it byte by byte. */
import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useNavigate } from '@tanstack/react-router';
import type { Build } from '../../../../model/build.ts';
import { client } from '../../../api.ts';
import { useBuildAction } from './use-build-action.ts';

export function canVerify({ state, verifies }: Build): boolean {
  return state === 'succeeded' && verifies === null;
}

export function useVerify(build: Build): { ask: () => void; busy: boolean } {
  const navigate = useNavigate();
  const verify = useBuildAction(() => client.builds.verify(build.id));
  const ask = () =>
    modals.openConfirmModal({
      title: 'Build again and compare?',
      children: (
        <Text size="sm">
          A second build from the same lock and stage images, with empty caches, another host name and another number of
          CPUs. It takes as long as the first did. Its artifacts are compared byte by byte, and the verdict is kept with
          this build.
        </Text>
      ),
      labels: { confirm: 'Build again and compare', cancel: 'Not now' },
      onConfirm: () =>
        verify.mutate(undefined, { onSuccess: ({ id }) => void navigate({ to: '/builds/$id', params: { id } }) }),
    });
  return { ask, busy: verify.isPending };
}
