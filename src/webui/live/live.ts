/**
 * The one stream of changes of this page. While it is open, lists are not asked for again: what has changed is put into them.
 * A page that nobody sees, and one that follows a build by itself, give the connection back and continue later.
 */
import type { InfiniteData, QueryKey } from '@tanstack/react-query';
import type { Change } from '../../model/change.ts';
import {
  attemptsQuery,
  buildQuery,
  client,
  distributionQuery,
  distributionsQuery,
  healthQuery,
  isSignedOut,
  queryClient,
  refreshLists,
  sessionQuery,
  unreachable,
  untilSignedIn,
} from '../api.ts';
import { BuildsSearch } from '../views/builds/builds-search.ts';
import { setLive, untilWanted } from './state.ts';
import { type BuildPage, takeIntoDistributions, takeIntoPage, takeIntoPages } from './take-change.ts';

const againMs = 1_000;
/** After a refusal; lists are asked for meanwhile, as they were before. */
const refusedMs = 60_000;

/** Follows as long as the page is there. */
export async function keepListsLive(): Promise<never> {
  const forever = new AbortController().signal;
  let last: number | undefined;
  for (;;) {
    const wanted = await untilWanted();
    try {
      await queryClient.ensureQueryData(sessionQuery);
      await untilSignedIn(forever);
      for await (const { id, change } of client.changes({
        after: last,
        signal: wanted,
        onConnected: () => {
          setLive(true);
          queryClient.setQueryData(healthQuery.queryKey, true);
        },
        // Whether the server is there, the banner finds out.
        reconnect: { attempts: 0 },
      })) {
        last = id;
        take(change);
      }
    } catch (error) {
      setLive(false);
      // From now on it is asked at intervals, as no stream tells.
      void queryClient.invalidateQueries({ queryKey: healthQuery.queryKey });
      if (wanted.aborted) continue;
      if (!unreachable(error) && !isSignedOut()) refreshLists();
      const waitMs = unreachable(error) || isSignedOut() ? againMs : refusedMs;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

function take(change: Change): void {
  switch (change.type) {
    case 'reset':
      refreshLists();
      for (const key of ['build', 'components', 'stage-images', 'system']) refresh([key]);
      return;
    case 'build':
      takeIntoBuildLists(change);
      refresh(buildQuery(change.build.id).queryKey);
      refresh(attemptsQuery(change.build.id).queryKey);
      return;
    case 'distribution':
      takeIntoDistributionList(change);
      refresh(distributionQuery(change.distribution.id).queryKey);
      return;
    case 'removed':
      takeIntoBuildLists(change);
      takeIntoDistributionList(change);
      return;
    case 'queue':
      takeIntoBuildLists(change);
      refresh(['system']);
      return;
    case 'component':
      refresh(['components']);
      return;
    case 'stage-images':
      refresh(['stage-images']);
      refresh(['system']);
  }
}

function refresh(queryKey: QueryKey): void {
  void queryClient.invalidateQueries({ queryKey, exact: queryKey.length > 1 });
}

function takeIntoBuildLists(change: Change): void {
  for (const [queryKey] of queryClient.getQueriesData({ queryKey: ['builds'] })) {
    const inPages = queryKey[1] === 'pages';
    const filter = BuildsSearch.parse(queryKey[inPages ? 2 : 1]);
    if (inPages)
      updateList<InfiniteData<BuildPage, string | null>>(queryKey, (list) => ({
        ...list,
        pages: takeIntoPages(list.pages, change, filter),
      }));
    else updateList<BuildPage>(queryKey, (page) => takeIntoPage(page, change, filter));
  }
}

function takeIntoDistributionList(change: Change): void {
  updateList<{ items: Parameters<typeof takeIntoDistributions>[0]; complete: boolean }>(
    distributionsQuery.queryKey,
    (list) => ({ ...list, items: takeIntoDistributions(list.items, change) }),
  );
}

/** An answer under way may be older than the change: it is asked for again. */
function updateList<Data>(queryKey: QueryKey, update: (data: Data) => Data): void {
  if (queryClient.isFetching({ queryKey, exact: true }) > 0) refresh(queryKey);
  else queryClient.setQueryData<Data>(queryKey, (data) => data && update(data));
}
