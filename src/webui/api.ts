/** The one client of the API in this page, and the queries that views share: a key and a function each. */
import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { hasEnded } from '../client/apply-entry.ts';
import { createClient } from '../client/client.ts';
import { LdfError } from '../errors.ts';
import type { Build } from '../model/build.ts';
import type { DistributionSummary } from '../model/distribution.ts';
import { isLive } from './live/state.ts';

/** Asks nothing more once the session is over: who looks has to sign in first, and lists would ask every few seconds. */
const watchedFetch: typeof fetch = async (...request) => {
  const isPublic = /\/(v1\/session|healthz)$/.test(new URL(String(request[0])).pathname);
  if (!isPublic && isSignedOut())
    throw new LdfError('auth.required', 'Your session has ended.', { hint: 'Sign in again.' });
  const answer = await fetch(...request);
  if (answer.status === 401 && !isPublic)
    queryClient.setQueryData(sessionQuery.queryKey, (known) => known && { ...known, signedIn: false });
  return answer;
};

export const client = createClient(location.origin, { fetch: watchedFetch });

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

/** Of the link that `ldf open` prints; it works once, so it does not stay in the address. */
let linkCode = takeLinkCode();
let linkRefusal: LdfError | undefined;

function takeLinkCode(): string | undefined {
  const code = /^#code=(.+)$/.exec(location.hash)?.[1];
  if (code !== undefined) history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const code = linkCode;
    linkCode = undefined;
    if (code !== undefined)
      try {
        return await client.session.begin({ code });
      } catch (error) {
        if (!(error instanceof LdfError) || error.code !== 'auth.required') throw error;
        linkRefusal = error;
      }
    return client.session.get(signal);
  },
  staleTime: Number.POSITIVE_INFINITY,
  refetchInterval: (query) => (query.state.error ? healthMs.away : false),
});

/** Why the link did not work with which this page was opened. */
export function refusalOfLink(): LdfError | undefined {
  return linkRefusal;
}

export function isSignedOut(): boolean {
  return queryClient.getQueryData(sessionQuery.queryKey)?.signedIn === false;
}

/** Takes up what could not be asked without a session. */
export async function signIn(token: string): Promise<void> {
  queryClient.setQueryData(sessionQuery.queryKey, await client.session.begin({ token }));
  await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
}

export async function signOut(): Promise<void> {
  await client.session.end();
  // All that was read goes with the page.
  location.assign('/');
}

/** Resolves when there is a session. @throws the signal's reason when it fires. */
export async function untilSignedIn(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      if (!signal.aborted && isSignedOut()) return;
      unsubscribe();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const unsubscribe = queryClient.getQueryCache().subscribe(done);
    signal.addEventListener('abort', done);
    done();
  });
  signal.throwIfAborted();
}

const healthMs = { there: 5_000, away: 1_000 };

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ signal }) => {
    await client.health(signal);
    return true;
  },
  retry: false,
  // An open stream of changes shows that the server is there.
  refetchInterval: (query) => {
    if (query.state.error) return healthMs.away;
    return isLive() ? false : healthMs.there;
  },
});

/** Whether the server does not answer, as the banner over every page finds it; this asks nothing itself. */
export function useServerAway(): boolean {
  const { error } = useQuery({ ...healthQuery, enabled: false, refetchInterval: false });
  return unreachable(error);
}

/** Without the stream of changes, lists are read again this often. */
const listMs = 10_000;

/** For lists that the stream of changes keeps up to date. */
export const unlessLive = (): number | false => (isLive() ? false : listMs);

export function unfinished({ state }: Pick<Build, 'state'>): boolean {
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
  refetchInterval: unlessLive,
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
    refetchInterval: unlessLive,
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

/** Whoever works on them may have begun it elsewhere: nothing tells of each step. */
export const imageWorkQuery = queryOptions({
  queryKey: ['stage-images', 'work'],
  queryFn: ({ signal }) => client.stageImages.work(signal),
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
