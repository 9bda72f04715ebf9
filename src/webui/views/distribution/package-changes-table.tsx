/** Packages that were added, removed or changed version, with a filter. */
import { Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { signedBytes } from './compare.ts';
import type { PackageChange } from './package-changes.ts';

export const signLooks: Readonly<Record<PackageChange['sign'], { color: string; said: string }>> = {
  '+': { color: 'green', said: 'added' },
  '−': { color: 'red', said: 'removed' },
  '↑': { color: 'blue', said: 'changed version' },
};

export function PackageChangesTable({ changes }: { changes: readonly PackageChange[] }) {
  const [words, setWords] = useState('');
  const shown = changes.filter(({ name }) => name.includes(words.trim().toLowerCase()));
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <TextInput
          aria-label="Filter the packages"
          placeholder="Filter by name"
          size="xs"
          w={220}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        {shown.length < changes.length && (
          <Text size="sm" c="dimmed" role="status">
            {shown.length} of {changes.length}
          </Text>
        )}
      </Group>
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing={4} fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={30} aria-label="Change" />
              <Table.Th>Package</Table.Th>
              <Table.Th>Before</Table.Th>
              <Table.Th>After</Table.Th>
              <Table.Th ta="right" title="Of the package's file, which is compressed">
                Download size
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ sign, name, before, after, bytes }) => (
              <Table.Tr key={`${sign} ${name} ${after}`}>
                <Table.Td fw={700} style={{ color: `var(--mantine-color-${signLooks[sign].color}-light-color)` }}>
                  <span role="img" aria-label={signLooks[sign].said}>
                    {sign}
                  </span>
                </Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{name}</Table.Td>
                <Table.Td>{before ?? '—'}</Table.Td>
                <Table.Td>{after ?? '—'}</Table.Td>
                <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                  {signedBytes(bytes)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
