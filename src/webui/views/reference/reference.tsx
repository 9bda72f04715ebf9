/** The reference of the API, made from the server's own OpenAPI document: every operation, and the schemas they share. */
import { Anchor, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { client } from '../../api.ts';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { ApiDocument, groupsOf, searched } from './document.ts';
import { OperationCard } from './operation-card.tsx';
import { SchemaCard } from './schema-view.tsx';

export function Reference() {
  const query = useQuery({
    queryKey: ['openapi'],
    queryFn: async ({ signal }) => ApiDocument.parse(await client.openapi(signal)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data } = query;
  return (
    <Page
      title="API reference"
      about={
        <>
          {data?.info.description}{' '}
          <Anchor inherit underline="always" href="/openapi.json">
            OpenAPI document
          </Anchor>
        </>
      }
    >
      <QueryStatus query={query} loading="Loading the reference" />
      {data && <Operations document={data} />}
    </Page>
  );
}

function Operations({ document }: { document: ApiDocument }) {
  const [text, setText] = useState('');
  const groups = searched(groupsOf(document), text);
  useEffect(() => {
    // The address may name an operation or a schema; it is only there now.
    window.document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }, []);
  return (
    <Stack gap="xl" maw={1100}>
      <TextInput
        type="search"
        aria-label="Search operations"
        placeholder="Path, summary or scope"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        maw={420}
      />
      {groups.length === 0 && <Text>No matching operations.</Text>}
      {groups.map(({ name, description, operations }) => (
        <section key={name} aria-label={name}>
          <Group gap="sm" align="baseline" mb="xs">
            <Title order={2} size="h3" tt="capitalize">
              {name}
            </Title>
            <Text c="dimmed" size="sm">
              {description}
            </Text>
          </Group>
          <Stack gap="xs">
            {operations.map((operation) => (
              <OperationCard key={operation.id} operation={operation} />
            ))}
          </Stack>
        </section>
      ))}
      {text === '' && (
        <section aria-label="Schemas">
          <Title order={2} size="h3" mb="xs">
            Schemas
          </Title>
          <Stack gap="xs">
            {Object.entries(document.components.schemas).map(([name, schema]) => (
              <SchemaCard key={name} name={name} schema={schema} />
            ))}
          </Stack>
        </section>
      )}
    </Stack>
  );
}
