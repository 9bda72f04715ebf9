/** A quiet line while the server does not answer. Queries ask again by themselves, and events continue where they stopped. */
import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { healthQuery, queryClient, unreachable } from '../api.ts';

export function ConnectionBanner() {
  const { error } = useQuery(healthQuery);
  const away = unreachable(error);
  const wasAway = useRef(false);
  useEffect(() => {
    if (wasAway.current && !away)
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'health' });
    wasAway.current = away;
  }, [away]);
  if (!away) return null;
  return (
    <Alert color="yellow" variant="light" mb="md" role="status">
      Can't reach the server. Reconnecting…
    </Alert>
  );
}
