/** What is in an image, from its bill of materials, with search. */
import { Button, Code, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { parseJson } from '../../../../client/http.ts';
import { licenseRefPrefix } from '../../../../license-ref.ts';
import type { Artifact } from '../../../../model/artifact.ts';
import { QueryStatus } from '../../../parts/query-status.tsx';
import { contentPath, contentQuery } from './content.ts';
import { packagesOf, searchPackages } from './sbom.ts';

/** So many rows are drawn at once; whoever wants one of more searches for it. */
const mostRows = 500;

export function PackageList({ sbom }: { sbom: Artifact }) {
  const query = useQuery(contentQuery(sbom));
  const { data } = query;
  const packages = useMemo(() => data && packagesOf(parseJson(new TextDecoder().decode(data))), [data]);
  const [words, setWords] = useState('');
  const deferred = useDeferredValue(words);
  const found = useMemo(() => searchPackages(packages ?? [], deferred), [packages, deferred]);
  const status = <QueryStatus query={query} loading="Loading the packages" />;
  if (!data) return status;
  if (!packages) return <Text>{sbom.name} is of a form that is not understood here. It can be downloaded.</Text>;
  return (
    <Stack gap="xs">
      {status}
      <Group justify="space-between" gap="xs">
        <Group gap="sm">
          <TextInput
            aria-label="Search the packages"
            placeholder="Name, version or licence"
            size="sm"
            w={240}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
          <Text size="sm" c="dimmed" role="status">
            {words === ''
              ? `${packages.length.toLocaleString()} packages`
              : `${found.length.toLocaleString()} of ${packages.length.toLocaleString()} packages`}
          </Text>
        </Group>
        <Button
          component="a"
          href={contentPath(sbom.id)}
          download={sbom.name}
          size="xs"
          variant="light"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Bill of materials
        </Button>
      </Group>
      <Table.ScrollContainer minWidth={700}>
        <Table verticalSpacing={4} fz="sm" striped>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Package</Table.Th>
              <Table.Th>Version</Table.Th>
              <Table.Th w={90}>Kind</Table.Th>
              <Table.Th>Licence</Table.Th>
              <Table.Th w={190}>SHA-256</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.slice(0, mostRows).map(({ id, name, version, type, license, sha256 }) => (
              <Table.Tr key={id}>
                <Table.Td>{name}</Table.Td>
                <Table.Td>{version}</Table.Td>
                <Table.Td>{type}</Table.Td>
                <Table.Td maw={280}>
                  <Text size="sm" truncate title={license}>
                    {license.replaceAll(licenseRefPrefix, '')}
                  </Text>
                </Table.Td>
                <Table.Td>{sha256 && <Code title={sha256}>{sha256.slice(0, 16)}…</Code>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {found.length > mostRows && (
        <Text size="sm" c="dimmed">
          The first {mostRows} are shown; search to narrow them down.
        </Text>
      )}
    </Stack>
  );
}
