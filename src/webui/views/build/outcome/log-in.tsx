/** Who can log in to an image, by the definition that it was built from. */
import { Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { client } from '../../../api.ts';
import { accountsOf } from './accounts.ts';

/** The definition alone: the rest of what a build was made of is large. */
const accountsQuery = (id: string) =>
  queryOptions({
    queryKey: ['build', id, 'accounts'],
    queryFn: async ({ signal }) => accountsOf((await client.builds.inputs(id, signal)).definition),
    staleTime: Number.POSITIVE_INFINITY,
  });

export function LogIn({ buildId }: { buildId: string }) {
  const { data, error } = useQuery(accountsQuery(buildId));
  if (error) return <Text size="sm">Who can log in is not known: {error.message}</Text>;
  if (!data) return <Text size="sm">Log-in: …</Text>;
  if (data.length > 0) return <Text size="sm">Log-in: {data.join(', ')}</Text>;
  return <Text size="sm">Nobody can log in: no user has a password or an SSH key.</Text>;
}
