/** Who can log in to an image, by the definition that it was built from: the one of today may say otherwise. */
import { Badge, Group, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { client } from '../../api.ts';
import { amber } from '../../parts/verdict.tsx';
import { accountsOf } from './accounts.ts';

/** The accounts alone: the rest of what a build was made of is large. */
const accountsQuery = (id: string) =>
  queryOptions({
    queryKey: ['build', id, 'accounts'],
    queryFn: async ({ signal }) => accountsOf((await client.builds.inputs(id, signal)).definition),
    staleTime: Number.POSITIVE_INFINITY,
  });

export function LogIn({ buildId }: { buildId: string }) {
  const { data, error } = useQuery(accountsQuery(buildId));
  if (error) return <Text size="sm">It is not known who can log in: {error.message}</Text>;
  if (!data) return <Text size="sm">Log in as …</Text>;
  if (data.length > 0) return <Text size="sm">Log in as {data.join(' or ')}.</Text>;
  return (
    <Group gap="xs" data-testid="nobody">
      <Badge color="yellow" c={amber} variant="light" tt="none">
        Nobody can log in
      </Badge>
      <Text size="sm">
        No user has a password or an SSH key, and root is locked. “Boot in browser” gives a shell of root all the same.
      </Text>
    </Group>
  );
}
