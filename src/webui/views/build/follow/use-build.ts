/** The build of a page, followed as long as the page is open, with its log. */

import { useDocumentVisibility } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Build } from '../../../../model/build.ts';
import { buildQuery, client, queryClient, unfinished } from '../../../api.ts';
import { holdLive, isLive } from '../../../live/state.ts';
import { BuildFollower } from './build-follower.ts';
import { takeAnswer } from './live-build.ts';

/** What was used is not in the journal; and somebody else may retry a build that has ended. */
const againMs = { unfinished: 4_000, ended: 5_000 };

const followedBuildQuery = (id: string) => {
  const { queryKey } = buildQuery(id);
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }) => {
      const answer = await client.builds.get(id, signal);
      return takeAnswer(queryClient.getQueryData(queryKey), answer);
    },
    refetchInterval: (query) => {
      if (query.state.data && unfinished(query.state.data)) return againMs.unfinished;
      return isLive() ? false : againMs.ended;
    },
  });
};

/** A page may be left for a moment. */
const hiddenLongMs = 20_000;

interface FollowedQuery {
  data: Build | undefined;
  error: Error | null;
  dataUpdatedAt: number;
  isFetching: boolean;
  refetch: () => void;
}

export interface FollowedBuild {
  /** With `error` also what the events were refused with; asking again takes them up again. */
  query: FollowedQuery;
  follower: BuildFollower;
}

/** @param wantsLog whether the log is shown: that of a build that has ended is not read for nothing */
export function useBuild(id: string, wantsLog: boolean): FollowedBuild {
  const [follower] = useState(() => new BuildFollower(id));
  const [refused, setRefused] = useState<Error | null>(null);
  const { data, error, dataUpdatedAt, isFetching, refetch } = useQuery(followedBuildQuery(id));
  const ended = data && !unfinished(data);
  const hidden = useHiddenForLong();
  // Browsers allow six connections to a server: a page that nobody sees gives its own back, and continues where it was.
  // Anew when it has ended, for its last lines, and when it runs again.
  useEffect(() => {
    if (hidden || refused || ended === undefined || (ended && !wantsLog)) return;
    const stop = new AbortController();
    const release = holdLive();
    follower.follow(stop.signal).catch((reason: unknown) => {
      if (!stop.signal.aborted) setRefused(reason instanceof Error ? reason : new Error(String(reason)));
    });
    return () => {
      release();
      stop.abort(new DOMException('Nobody looks any more.', 'AbortError'));
    };
  }, [follower, ended, wantsLog, hidden, refused]);
  const again = () => {
    setRefused(null);
    void refetch();
  };
  return { query: { data, error: error ?? refused, dataUpdatedAt, isFetching, refetch: again }, follower };
}

function useHiddenForLong(): boolean {
  const hidden = useDocumentVisibility() === 'hidden';
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!hidden) return setLong(false);
    const timer = setTimeout(() => setLong(true), hiddenLongMs);
    return () => clearTimeout(timer);
  }, [hidden]);
  return long;
}
