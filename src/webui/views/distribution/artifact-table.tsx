/** Artifacts to take home. */
import { ActionIcon, Anchor, CopyButton, Group, Table, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ArtifactShape } from '../../../shapes/shapes.ts';
import { bytes } from '../../format.ts';
import { Verdict } from '../distributions/verdict.tsx';

export function ArtifactTable({ artifacts }: { artifacts: readonly ArtifactShape[] }) {
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
                  <Anchor href={`/v1/artifacts/${artifact.id}/content`} download={artifact.name} size="sm">
                    {artifact.name}
                  </Anchor>
                )}
              </Table.Td>
              <Table.Td>{artifact.format}</Table.Td>
              <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                {bytes(artifact.sizeBytes)}
              </Table.Td>
              <Table.Td>
                <Verdict verdict={artifact.verdict} />
              </Table.Td>
              <Table.Td>
                <Hash sha256={artifact.sha256} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Hash({ sha256 }: { sha256: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <Tooltip label={sha256}>
        <Text span size="sm" ff="monospace">
          {sha256.slice(0, 12)}…
        </Text>
      </Tooltip>
      <CopyButton value={sha256}>
        {({ copied, copy }) => (
          <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label="Copy the sha256">
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  );
}
