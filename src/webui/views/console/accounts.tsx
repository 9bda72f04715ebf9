/** Who can log in at the console, as the definition of the build says. */
import { Code, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { client } from '../../api.ts';
import { namesWithPassword } from './names-with-password.ts';

/** Nothing while that is not known: the console works without it. */
export function Accounts({ buildId }: { buildId: string }) {
  const { data } = useQuery({
    queryKey: ['build', buildId, 'inputs'],
    queryFn: ({ signal }) => client.builds.inputs(buildId, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const names = data && namesWithPassword(data.definition);
  if (!names) return null;
  if (names.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No account has a password: nobody can log in here.
      </Text>
    );
  return (
    <Text size="sm" c="dimmed">
      Log in as{' '}
      {names.map((name, index) => (
        <Fragment key={name}>
          {index > 0 && ' or '}
          <Code>{name}</Code>
        </Fragment>
      ))}
    </Text>
  );
}
