/** What can be done about a failed build, as buttons: the best first, and it alone is filled. */
import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPencil, IconPower, IconRefresh, IconTool } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Fix } from '../../../../fix.ts';
import type { Build } from '../../../../model/build.ts';
import type { Failure } from '../../../../model/problem.ts';
import { client, queryClient, refreshLists } from '../../../api.ts';
import { ButtonLink } from '../../../parts/anchor.tsx';
import { notifyError } from '../../../parts/error-notice.tsx';
import { stepOfPointer } from '../../distribution-form/steps.ts';
import { canBoot } from '../../image/can-boot.ts';
import { useBuildAction } from '../actions/use-build-action.ts';
import { fixesOf, fixWords, placesOf } from './fix-words.ts';

/** So many are offered; the rest is done in the editor. */
const mostOffered = 4;

const icon = { size: 16, 'aria-hidden': true } as const;

export function Remedies({ build, failure }: { build: Build; failure: Failure }) {
  const { id, distributionId, verifies } = build;
  const fixing = useFix(id);
  const retry = useBuildAction(() =>
    failure.retry === 'more-time' ? client.builds.retryWithMoreTime(id) : client.builds.retry(id),
  );
  const fixes = distributionId === null ? [] : fixesOf(failure).slice(0, mostOffered);
  const advice = verifies === null ? failure.retry : undefined;
  const [place] = placesOf(failure);
  const canEdit = distributionId !== null && verifies === null && (fixes.length > 0 || advice === undefined);
  const unbooted = build.artifacts.find((artifact) => artifact.verdict?.bootable === false && canBoot(artifact, build));
  const best = fixes.length > 0 ? 'fix' : advice !== undefined ? 'retry' : 'edit';
  return (
    <Group gap="xs">
      {fixes.map((fix, index) => (
        <Button
          key={fixWords(fix)}
          size="sm"
          variant={best === 'fix' && index === 0 ? 'filled' : 'default'}
          leftSection={<IconTool {...icon} />}
          loading={fixing.isPending && fixing.variables === fix}
          disabled={fixing.isPending}
          onClick={() => fixing.mutate(fix)}
        >
          {fixWords(fix)}
        </Button>
      ))}
      {advice !== undefined && (
        <Button
          size="sm"
          variant={best === 'retry' ? 'filled' : 'default'}
          leftSection={<IconRefresh {...icon} />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {advice === 'more-time' ? 'Retry with more time' : 'Retry'}
        </Button>
      )}
      {unbooted && (
        <ButtonLink
          to="/artifacts/$id/console"
          params={{ id: unbooted.id }}
          size="sm"
          variant="default"
          leftSection={<IconPower {...icon} />}
        >
          Boot it and look
        </ButtonLink>
      )}
      {canEdit && (
        <ButtonLink
          to="/distributions/$id/edit"
          params={{ id: distributionId }}
          search={place === undefined ? {} : { step: stepOfPointer(place) }}
          {...(place === undefined ? {} : { hash: place })}
          size="sm"
          variant={best === 'edit' ? 'filled' : 'default'}
          leftSection={<IconPencil {...icon} />}
        >
          Edit
        </ButtonLink>
      )}
    </Group>
  );
}

/** The new build is shown in the place of the one that failed. */
function useFix(id: string) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (fix: Fix) => client.builds.fix(id, fix),
    onSuccess: (build, fix) => {
      refreshLists();
      if (build.distributionId !== null)
        void queryClient.invalidateQueries({ queryKey: ['distributions', build.distributionId] });
      notifications.show({
        message: `${fixWords(fix).replace(' and rebuild', '')}: saved, and build #${build.number} is queued.`,
      });
      void navigate({ to: '/builds/$id', params: { id: build.id } });
    },
    onError: notifyError,
  });
}
