/** Builds as rows of a table, and as cards where a table has no room. */
import { Card, Group, Progress, Stack, Table, Text } from '@mantine/core';
import { formatPercent } from '../../../amounts.ts';
import type { BuildSummary } from '../../../model/build.ts';
import { unfinished } from '../../api.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Ago, Elapsed } from '../../parts/time.tsx';
import { succeededUntested, VerdictBadge } from '../../parts/verdict.tsx';
import { CancelButton } from '../build/actions/cancel-button.tsx';
import { canRetry, RetryIcon } from '../build/actions/retry-button.tsx';

export function BuildTable({ builds }: { builds: readonly BuildSummary[] }) {
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table verticalSpacing="xs" highlightOnHover layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="26%">Build</Table.Th>
            <Table.Th w={130}>State</Table.Th>
            <Table.Th>Details</Table.Th>
            <Table.Th w={150}>Started</Table.Th>
            <Table.Th w={110}>Took</Table.Th>
            <Table.Th w={60} aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {builds.map((build) => (
            <Table.Tr key={build.id} data-build={build.id}>
              <Table.Td>
                <BuildName build={build} />
              </Table.Td>
              <Table.Td>
                <StateBadge state={build.state} />
              </Table.Td>
              <Table.Td>
                <Happening build={build} />
              </Table.Td>
              <Table.Td>
                <Ago time={build.startedAt ?? build.createdAt} />
              </Table.Td>
              <Table.Td style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
                <Elapsed from={build.startedAt} to={build.endedAt} />
              </Table.Td>
              <Table.Td>
                <InPlace build={build} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export function BuildCards({ builds }: { builds: readonly BuildSummary[] }) {
  return (
    <Stack gap="xs">
      {builds.map((build) => (
        <Card key={build.id} withBorder padding="sm" data-build={build.id}>
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <BuildName build={build} />
            <Group gap={4} wrap="nowrap" style={{ flex: 'none' }}>
              <StateBadge state={build.state} />
              <InPlace build={build} />
            </Group>
          </Group>
          <Happening build={build} />
          <Text size="xs" c="dimmed" mt={4}>
            <Ago time={build.startedAt ?? build.createdAt} />
            {build.startedAt && (
              <>
                {' · '}
                <Elapsed from={build.startedAt} to={build.endedAt} />
              </>
            )}
          </Text>
        </Card>
      ))}
    </Stack>
  );
}

function BuildName({ build: { id, number, name, version, arch, formats, verifies } }: { build: BuildSummary }) {
  return (
    <div style={{ minWidth: 0 }}>
      <Group gap={6} wrap="nowrap" align="baseline">
        <AnchorLink to="/builds/$id" params={{ id }} fw={600} truncate display="block" title={`${name} ${version}`}>
          {name} {version}
        </AnchorLink>
        <Text span c="dimmed" size="sm" style={{ whiteSpace: 'nowrap' }} title={id}>
          #{number}
        </Text>
      </Group>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {arch} · {verifies === null ? formats.join(', ') : `verification of ${verifies}`}
      </Text>
    </div>
  );
}

/** The one thing to know of a build: its place in the queue, the stage that runs, what came of it. */
function Happening({ build }: { build: BuildSummary }) {
  const running = build.stages.filter(({ state }) => state === 'running');
  if (build.state === 'queued')
    return (
      <Text size="sm">{build.queuePosition === null ? 'Waits' : `Place ${build.queuePosition} in the queue`}</Text>
    );
  if (unfinished(build))
    return (
      <Stack gap={4}>
        {running.map(({ name, progress, note }) => (
          <div key={name}>
            <Group gap="xs" wrap="nowrap" justify="space-between">
              <Text size="sm" truncate>
                {name}
                <Text span c="dimmed" size="xs">
                  {note && ` · ${note}`}
                </Text>
              </Text>
              <Text size="xs" style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
                {formatPercent(progress)}
              </Text>
            </Group>
            <Progress value={progress * 100} size="xs" aria-label={`Progress of ${name}`} />
          </div>
        ))}
      </Stack>
    );
  if (build.error && build.state === 'failed')
    return (
      <Text size="sm" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
        {build.error.stage && <b>{build.error.stage}: </b>}
        {build.error.message}
      </Text>
    );
  return <VerdictBadge verdict={build.verdict} untested={succeededUntested(build)} />;
}

function InPlace({ build }: { build: BuildSummary }) {
  if (unfinished(build)) return <CancelButton build={build} compact />;
  return canRetry(build) && build.state !== 'succeeded' ? <RetryIcon build={build} /> : null;
}
