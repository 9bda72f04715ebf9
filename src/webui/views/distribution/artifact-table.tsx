/** Artifacts to take home. */
import { Anchor, Table, Text } from '@mantine/core';
import { formatBytes } from '../../../amounts.ts';
import type { Artifact } from '../../../model/artifact.ts';
import { Hash } from '../../parts/hash.tsx';
import { Verdict } from '../../parts/verdict.tsx';
import { contentPath } from '../build/outputs/content.ts';

export function ArtifactTable({ artifacts }: { artifacts: readonly Artifact[] }) {
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Format</Table.Th>
            <Table.Th ta="right">Size</Table.Th>
            <Table.Th>Verdict</Table.Th>
            <Table.Th>sha256</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {artifacts.map((artifact) => (
            <Table.Tr key={artifact.id}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {artifact.removedAt ? (
                  <Text span size="sm" c="dimmed" title="Removed to free disk space; build again to have it back.">
                    {artifact.name} (removed)
                  </Text>
                ) : (
                  <Anchor href={contentPath(artifact.id)} download={artifact.name} size="sm">
                    {artifact.name}
                  </Anchor>
                )}
              </Table.Td>
              <Table.Td>{artifact.format}</Table.Td>
              <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                {formatBytes(artifact.sizeBytes)}
              </Table.Td>
              <Table.Td>
                <Verdict verdict={artifact.verdict} />
              </Table.Td>
              <Table.Td>
                <Hash sha256={artifact.sha256} of={artifact.name} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
