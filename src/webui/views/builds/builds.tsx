/** All builds, newest first, as they progress. */
import { Button, Card, Center, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { ButtonLink } from '../../parts/anchor.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { BuildFilters, isFiltered } from './build-filters.tsx';
import { BuildCards, BuildTable } from './build-rows.tsx';
import { buildsPages } from './builds-pages.ts';
import type { BuildsSearch } from './builds-search.ts';

const route = getRouteApi('/builds');

export function Builds() {
  const filter = route.useSearch();
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const navigate = useNavigate();
  const setFilter = (search: BuildsSearch) => void navigate({ to: '/builds', search });
  const query = useInfiniteQuery(buildsPages(filter));
  const builds = query.data?.pages.flatMap(({ items }) => items);
  return (
    <Page title="Builds" about="All builds: queued, running and finished.">
      <BuildFilters filter={filter} onChange={setFilter} />
      <QueryStatus query={query} loading="Loading the builds" />
      {builds?.length === 0 && <NoBuilds filtered={isFiltered(filter)} onClear={() => setFilter({})} />}
      {builds && builds.length > 0 && (wide ? <BuildTable builds={builds} /> : <BuildCards builds={builds} />)}
      {query.hasNextPage && (
        <Center>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load older builds
          </Button>
        </Center>
      )}
    </Page>
  );
}

function NoBuilds({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  return (
    <Card withBorder padding="xl">
      <Stack align="center" gap="sm">
        <Text fw={600}>{filtered ? 'No matching builds' : 'No builds yet'}</Text>
        <Text c="dimmed" ta="center">
          {filtered ? 'Clear the filters to see all.' : 'Start one from a distribution.'}
        </Text>
        {filtered ? (
          <Button variant="light" onClick={onClear}>
            Clear filters
          </Button>
        ) : (
          <ButtonLink to="/distributions">Go to the distributions</ButtonLink>
        )}
      </Stack>
    </Card>
  );
}
