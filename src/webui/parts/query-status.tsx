/** How it stands with what a page shows: it is being read, it cannot be read, or what is shown is from before. */
import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconClockExclamation } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { LdfError } from '../../errors.ts';
import { useServerAway } from '../api.ts';
import { ErrorNotice } from './error-notice.tsx';
import { NotFoundNotice } from './not-found-notice.tsx';
import { Ago } from './time.tsx';

/** Of a query of TanStack Query, plain or in pages. */
interface Query {
  data: unknown;
  error: Error | null;
  dataUpdatedAt: number;
  isFetching: boolean;
  refetch: () => unknown;
}

interface QueryStatusProps {
  query: Query;
  /** What a screen reader is told while there is nothing to show; or the shape of what comes, which says it by itself. */
  loading?: ReactNode;
}

/** Nothing while what is shown is as the server has it. */
export function QueryStatus({ query, loading = 'Loading' }: QueryStatusProps) {
  const { data, error, refetch } = query;
  if (!error && data === undefined) return typeof loading === 'string' ? <Lines label={loading} /> : loading;
  if (!error) return null;
  if (data === undefined && error instanceof LdfError && error.code === 'not-found')
    return <NotFoundNotice error={error} />;
  if (data === undefined) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  return <StaleNotice query={query} message={error.message} />;
}

/** The shape of some content. */
function Lines({ label }: { label: string }) {
  return (
    <Stack gap="sm" role="status" aria-label={label}>
      <Skeleton height={44} />
      <Skeleton height={44} />
      <Skeleton height={44} width="70%" />
    </Stack>
  );
}

/** While the server is away, the banner over every page says it. */
function StaleNotice({ query, message }: { query: Query; message: string }) {
  const { dataUpdatedAt, isFetching, refetch } = query;
  const away = useServerAway();
  if (away) return null;
  return (
    <Alert color="yellow" variant="light" py="xs" role="status">
      <Group justify="space-between" gap="xs">
        <Group gap="xs" wrap="nowrap" style={{ flex: '1 1 16rem' }}>
          <IconClockExclamation size={18} aria-hidden style={{ flex: 'none' }} />
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            Couldn't refresh. Showing data from <Ago time={new Date(dataUpdatedAt).toISOString()} />: {message}
          </Text>
        </Group>
        <Button size="compact-sm" variant="default" loading={isFetching} onClick={() => void refetch()}>
          Retry
        </Button>
      </Group>
    </Alert>
  );
}
