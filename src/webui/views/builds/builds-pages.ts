/** The list of builds, page after page. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { client, unlessLive } from '../../api.ts';
import type { BuildsSearch } from './builds-search.ts';

const pageSize = 25;

export const buildsPages = (filter: BuildsSearch) =>
  infiniteQueryOptions({
    queryKey: ['builds', 'pages', filter],
    queryFn: ({ pageParam, signal }) =>
      client.builds.list({ ...filter, limit: pageSize, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: unlessLive,
  });
