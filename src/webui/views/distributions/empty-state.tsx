/** Nothing is here yet: where to begin. */
import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ButtonLink } from '../../parts/anchor.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { examplesQuery } from '../distribution-form/start.ts';
import classes from './empty-state.module.css';

export function EmptyState() {
  const query = useQuery(examplesQuery);
  return (
    <Stack gap="md">
      <Text maw="46rem">
        No distribution yet. Begin with an example and change what you like, begin with an empty form, or import a
        definition that you have as a file.
      </Text>
      <QueryStatus query={query} />
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing={{ base: 'xs', sm: 'md' }}>
        {query.data?.map(({ name, summary, logins }) => (
          <Card key={name} withBorder padding="md">
            <div className={classes.example}>
              <Title order={2} size="h5" className={classes.name}>
                {name}
              </Title>
              <div className={classes.summary}>
                <Text size="sm" c="dimmed">
                  {summary}
                </Text>
                <Text size="xs" mt={4}>
                  {logins.length > 0
                    ? `Log in as ${logins.join(' or ')}, with your own SSH key.`
                    : 'Nobody can log in until you add a user.'}
                </Text>
              </div>
              <ButtonLink
                to="/distributions/new"
                search={{ from: `example:${name}` }}
                variant="light"
                size="xs"
                aria-label={`Begin with ${name}`}
                className={classes.begin}
              >
                Begin with this
              </ButtonLink>
            </div>
          </Card>
        ))}
      </SimpleGrid>
    </Stack>
  );
}
