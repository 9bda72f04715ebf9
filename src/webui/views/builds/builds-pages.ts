/** The list of builds, page after page, read again while something in it runs. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { client, unfinished } from '../../api.ts';
import type { BuildsSearch } from './builds-search.ts';

const pageSize = 25;
const liveMs = 1_500;
const calmMs = 10_000;

export const buildsPages = (filter: BuildsSearch) =>
  infiniteQueryOptions({
    queryKey: ['builds', 'pages', filter],
    queryFn: ({ pageParam, signal }) =>
      client.builds.list({ ...filter, limit: pageSize, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: (query) => (query.state.data?.pages.some(({ items }) => items.some(unfinished)) ? liveMs : calmMs),
  });
