/** Which versions the distribution is pinned to, since when, and what is newer in the archives. */
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { formatCount } from '../../../amounts.ts';
import type { Architecture } from '../../../definition/definition.ts';
import type { Distribution } from '../../../model/distribution.ts';
import type { Lock } from '../../../stages/lock.ts';
import { client } from '../../api.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { Ago } from '../../parts/time.tsx';
import { TitledCard } from '../../parts/titled-card.tsx';
import { usePageAction } from '../../shell/page-actions.ts';
import { UpdateDialog } from './update-dialog.tsx';
import { updateWords } from './updates.ts';

/** What is newer than what is pinned. Asked on request only: it takes the server a look at the archives. */
export const updatesQuery = ({ id, revision, lockedAt }: Distribution, arch: Architecture) =>
  queryOptions({
    queryKey: ['lock-updates', id, arch, revision, lockedAt[arch]],
    queryFn: ({ signal }) => client.distributions.lock(id, { arch, update: true, dryRun: true }, signal),
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60 * 60_000,
  });

export function VersionsCard({ distribution }: { distribution: Distribution }) {
  const locks = Object.values(distribution.locks);
  return (
    <TitledCard title="Versions">
      {locks.length === 0 && (
        <Text size="sm" c="dimmed">
          Not pinned yet. The first build takes the newest versions and pins them, so that every later build uses the
          same.
        </Text>
      )}
      {locks.map((lock) => (
        <Pinned key={lock.arch} distribution={distribution} lock={lock} named={locks.length > 1} />
      ))}
    </TitledCard>
  );
}

function Pinned({ distribution, lock, named }: { distribution: Distribution; lock: Lock; named: boolean }) {
  const { arch, kernel, packages } = lock;
  const pinnedAt = distribution.lockedAt[arch];
  const updates = useQuery(updatesQuery(distribution, arch));
  const { data } = updates;
  const [reviewing, { open, close }] = useDisclosure();
  usePageAction(named ? `Check for updates of ${arch}` : 'Check for updates', 'u', () => void updates.refetch());
  usePageAction(data && data.changes.length > 0 ? 'Review updates…' : undefined, undefined, open);
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">
        {named && `${arch}: `}Pinned {pinnedAt ? <Ago time={pinnedAt} /> : 'already'}:{' '}
        {kernel && `kernel ${kernel.version}, `}
        {formatCount(packages?.packages.length ?? 0, 'package')}.
      </Text>
      {data && <Found changes={data.changes} at={updates.dataUpdatedAt} />}
      {updates.error && <ErrorNotice error={updates.error} />}
      <Group gap="xs">
        {data && data.changes.length > 0 && (
          <Button size="xs" variant="light" onClick={open}>
            Review updates…
          </Button>
        )}
        <Button size="xs" variant="default" loading={updates.isFetching} onClick={() => void updates.refetch()}>
          {data ? 'Check again' : 'Check for updates'}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" role="status">
        {updates.isFetching && 'Reading the package lists of the archives. This takes up to a minute.'}
      </Text>
      {data && (
        <UpdateDialog
          distribution={distribution}
          arch={arch}
          changes={data.changes}
          opened={reviewing}
          onClose={close}
        />
      )}
    </Stack>
  );
}

function Found({ changes, at }: { changes: Parameters<typeof updateWords>[0]; at: number }) {
  const checked = <Ago time={new Date(at).toISOString()} />;
  if (changes.length === 0) return <Text size="sm">Up to date. Checked {checked}.</Text>;
  const security = changes.some((change) => change.security);
  return (
    <Group gap="xs">
      <Badge color={security ? 'red' : 'blue'} variant="light" tt="none">
        {updateWords(changes)}
      </Badge>
      <Text size="sm" c="dimmed" span>
        checked {checked}
      </Text>
    </Group>
  );
}
