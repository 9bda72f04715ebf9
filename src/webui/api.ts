/** The one client of the API in this page, and the queries that views share: a key and a function each. */
import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { hasEnded } from '../client/apply-entry.ts';
import { createClient } from '../client/client.ts';
import { LdfError } from '../errors.ts';
import type { DistributionSummary } from '../shapes/requests.ts';
import type { BuildShape } from '../shapes/shapes.ts';

export const client = createClient(location.origin);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays one; a server that is away is asked again.
      retry: (failures, error) => unreachable(error) && failures < 3,
      staleTime: 2_000,
    },
  },
});

export function unreachable(error: unknown): boolean {
  return error instanceof LdfError && error.code === 'server.unreachable';
}

const healthMs = { there: 5_000, away: 1_000 };

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ signal }) => {
    await client.health(signal);
    return true;
  },
  retry: false,
  refetchInterval: (query) => (query.state.error ? healthMs.away : healthMs.there),
});

/** Whether the server does not answer, as the banner over every page finds it; this asks nothing itself. */
export function useServerAway(): boolean {
  const { error } = useQuery({ ...healthQuery, enabled: false, refetchInterval: false });
  return unreachable(error);
}

/** While something goes on, a list is read again this often; the page of a build follows its events. */
const liveMs = 2_000;
const calmMs = 15_000;

export function unfinished({ state }: Pick<BuildShape, 'state'>): boolean {
  return !hasEnded(state);
}

const distributionPage = 100;
const maxDistributionPages = 100;

/** Every distribution: the list is searched and sorted in the page, and has to be whole for that. */
async function allDistributions(signal: AbortSignal): Promise<{ items: DistributionSummary[]; complete: boolean }> {
  const items: DistributionSummary[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxDistributionPages; page++) {
    const answer = await client.distributions.list({ limit: distributionPage, cursor }, signal);
    items.push(...answer.items);
    if (answer.nextCursor === null) return { items, complete: true };
    cursor = answer.nextCursor;
  }
  return { items, complete: false };
}

export const distributionsQuery = queryOptions({
  queryKey: ['distributions'],
  queryFn: ({ signal }) => allDistributions(signal),
  refetchInterval: (query) =>
    query.state.data?.items.some(({ lastBuild }) => lastBuild && unfinished(lastBuild)) ? liveMs : calmMs,
});

export const distributionQuery = (id: string) =>
  queryOptions({
    queryKey: ['distributions', id],
    queryFn: ({ signal }) => client.distributions.get(id, signal),
  });

export type BuildFilter = NonNullable<Parameters<typeof client.builds.list>[0]>;

export const buildsQuery = (filter: BuildFilter = {}) =>
  queryOptions({
    queryKey: ['builds', filter],
    queryFn: ({ signal }) => client.builds.list({ limit: 50, ...filter }, signal),
    refetchInterval: (query) => (query.state.data?.items.some(unfinished) ? liveMs : calmMs),
  });

export const buildQuery = (id: string) =>
  queryOptions({
    queryKey: ['build', id],
    queryFn: ({ signal }) => client.builds.get(id, signal),
  });

export const attemptsQuery = (id: string) =>
  queryOptions({
    queryKey: ['build', id, 'attempts'],
    queryFn: ({ signal }) => client.builds.attempts(id, undefined, signal),
  });

export const componentsQuery = queryOptions({
  queryKey: ['components'],
  queryFn: ({ signal }) => client.components.list(undefined, signal),
  staleTime: 60_000,
});

export const stageImagesQuery = queryOptions({
  queryKey: ['stage-images'],
  queryFn: ({ signal }) => client.stageImages.list(signal),
});

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => client.system(signal),
  refetchInterval: 5_000,
});

/** Lists of builds, and of distributions, which tell of their last one. */
export function refreshLists(): void {
  void queryClient.invalidateQueries({ queryKey: ['builds'] });
  void queryClient.invalidateQueries({ queryKey: ['distributions'] });
}
