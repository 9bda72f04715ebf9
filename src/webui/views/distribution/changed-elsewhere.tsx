/** A save that was refused because somebody else has saved since: both sides, and the ways out. */
import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowsSplit } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { LdfError } from '../../../errors.ts';
import type { Distribution } from '../../../model/distribution.ts';
import { distributionQuery } from '../../api.ts';
import { QueryStatus } from '../../parts/query-status.tsx';
import { Ago } from '../../parts/time.tsx';

const DefinitionDiff = lazy(() => import('./definition-diff.tsx'));

export function isChangedElsewhere(error: unknown): boolean {
  return error instanceof LdfError && error.code === 'revision.stale';
}

interface ChangedElsewhereProps {
  id: string;
  /** What one wanted to save. */
  mine: Record<string, unknown>;
  /** Saves it over the one that was shown; what is saved after that is found in turn. */
  onOverwrite: (revision: string) => void;
  onDiscard: (theirs: Distribution) => void;
}

export function ChangedElsewhere({ id, mine, onOverwrite, onDiscard }: ChangedElsewhereProps) {
  const query = useQuery({ ...distributionQuery(id), staleTime: 0, refetchOnMount: 'always' });
  // What was kept from before the refusal is not what is there now.
  const theirs = query.isFetchedAfterMount ? query.data : undefined;
  const [shown, { toggle }] = useDisclosure();
  return (
    <Alert color="yellow" variant="light" role="alert" icon={<IconArrowsSplit aria-hidden />} title="Changed elsewhere">
      <Stack gap="sm">
        <Text size="sm">
          This distribution was saved in another window or by somebody else
          {theirs && (
            <>
              {' '}
              <Ago time={theirs.updatedAt} />
            </>
          )}{' '}
          while you were editing. Your changes are not saved yet.
        </Text>
        {!theirs && <QueryStatus query={query.isFetchedAfterMount ? query : { ...query, data: undefined }} />}
        {theirs && (
          <Group gap="sm">
            <Button size="xs" variant="default" onClick={toggle} aria-expanded={shown}>
              {shown ? 'Hide differences' : 'Show differences'}
            </Button>
            <Button size="xs" variant="light" color="red" onClick={() => onOverwrite(theirs.revision)}>
              Overwrite
            </Button>
            <Button size="xs" variant="default" onClick={() => onDiscard(theirs)}>
              Discard mine
            </Button>
          </Group>
        )}
        {theirs && shown && (
          <Stack gap={4}>
            <Text size="xs" c="dimmed">
              − as it is saved now · + as you have it
            </Text>
            <Suspense fallback={<Skeleton height={160} aria-label="Loading" />}>
              <DefinitionDiff before={theirs.definition} after={mine} label="Their definition against yours" />
            </Suspense>
          </Stack>
        )}
      </Stack>
    </Alert>
  );
}
