/** The builds of a distribution, newest first. */
import { Stack, Table, Text, Title } from '@mantine/core';
import type { Distribution } from '../../../model/distribution.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { shortId } from '../../parts/reason.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Ago, Elapsed } from '../../parts/time.tsx';
import { succeededUntested, Verdict } from '../../parts/verdict.tsx';
import type { ListedBuild } from './overview-tab.tsx';

interface BuildsTableProps {
  distribution: Pick<Distribution, 'id' | 'name'>;
  page: { items: readonly ListedBuild[]; nextCursor: string | null };
}

export function BuildsTable({ distribution: { id, name }, page: { items, nextCursor } }: BuildsTableProps) {
  if (items.length === 0)
    return <Text>Not built yet. Before a build starts, you see which stages will run, and why.</Text>;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        Builds
      </Title>
      <Table.ScrollContainer minWidth={480}>
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Build</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Architecture</Table.Th>
              <Table.Th>Took</Table.Th>
              <Table.Th>Started</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((build) => (
              <BuildRow key={build.id} build={build} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="sm" c="dimmed">
        {nextCursor && `These are the newest ${items.length}. `}
        <AnchorLink to="/builds" search={{ distribution: id }} inherit>
          All builds of {name}
        </AnchorLink>
      </Text>
    </Stack>
  );
}

function BuildRow({ build }: { build: ListedBuild }) {
  const { id, number, version, state, verdict, verifies, arch, startedAt, endedAt, createdAt, error } = build;
  return (
    <Table.Tr>
      <Table.Td>
        <AnchorLink to="/builds/$id" params={{ id }} fw={600} title={id}>
          #{number}
        </AnchorLink>{' '}
        <Text span size="sm" c="dimmed">
          {version}
          {verifies && `, verifies ${shortId(verifies)}`}
        </Text>
      </Table.Td>
      <Table.Td>
        <StateBadge state={state} /> <Verdict verdict={verdict} untested={succeededUntested(build)} />
        {error && (
          <Text size="xs" c="dimmed" lineClamp={2}>
            {error.message}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{arch}</Table.Td>
      <Table.Td>
        <Elapsed from={startedAt} to={endedAt} />
      </Table.Td>
      <Table.Td>
        <Ago time={startedAt ?? createdAt} size="sm" />
      </Table.Td>
    </Table.Tr>
  );
}
