/** When each attempt ran: a bar each on a common clock, in a table that says the same in numbers. */
import { Box, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { formatDuration } from '../../../../amounts.ts';
import type { Build } from '../../../../model/build.ts';
import { attemptsQuery, unfinished } from '../../../api.ts';
import { QueryStatus } from '../../../parts/query-status.tsx';
import { StateBadge, stateLooks } from '../../../parts/state-badge.tsx';
import { useNow } from '../../../parts/time.tsx';
import { type Span, timelineOf } from './spans.ts';
import classes from './timeline.module.css';

export function Timeline({ build }: { build: Build }) {
  const query = useQuery(attemptsQuery(build.id));
  const now = useNow();
  const status = <QueryStatus query={query} loading="Loading the attempts" />;
  if (!query.data) return status;
  const endMs = unfinished(build) || build.endedAt === null ? now : Date.parse(build.endedAt);
  const { spans, totalSeconds, ticks } = timelineOf(query.data, endMs);
  if (spans.length === 0) return <Text c="dimmed">No stage has begun yet.</Text>;
  return (
    <>
      {status}
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing={4} withRowBorders={false} layout="fixed" aria-label="When each stage ran">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={110}>Stage</Table.Th>
              <Table.Th w={128}>State</Table.Th>
              <Table.Th>
                <Axis ticks={ticks} totalSeconds={totalSeconds} />
              </Table.Th>
              <Table.Th w={92} ta="right">
                Started at
              </Table.Th>
              <Table.Th w={92} ta="right">
                Took
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {spans.map((span) => (
              <Row
                key={`${span.attempt.name} ${span.attempt.attempt}`}
                span={span}
                ticks={ticks}
                total={totalSeconds}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

function Row({ span, ticks, total }: { span: Span; ticks: readonly number[]; total: number }) {
  const { attempt, from, length, startSeconds, seconds } = span;
  const { color } = stateLooks[attempt.state];
  return (
    <Table.Tr>
      <Table.Td>
        {attempt.name}
        {attempt.attempt > 1 && (
          <Text span size="xs" c="dimmed">
            {' '}
            attempt {attempt.attempt}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <StateBadge state={attempt.state} size="sm" />
      </Table.Td>
      <Table.Td>
        <Box className={classes.track} aria-hidden>
          {ticks.map((tick) => (
            <span key={tick} className={classes.grid} style={{ left: `${(tick / total) * 100}%` }} />
          ))}
          <span
            className={classes.bar}
            style={{
              left: `${from * 100}%`,
              width: `${length * 100}%`,
              background: `var(--mantine-color-${color}-filled)`,
            }}
          />
        </Box>
      </Table.Td>
      <Table.Td ta="right" className={classes.number}>
        +{formatDuration(startSeconds)}
      </Table.Td>
      <Table.Td ta="right" className={classes.number}>
        {formatDuration(seconds)}
      </Table.Td>
    </Table.Tr>
  );
}

function Axis({ ticks, totalSeconds }: { ticks: readonly number[]; totalSeconds: number }) {
  return (
    <Box className={classes.axis}>
      {ticks.map((tick) => (
        <span key={tick} style={{ left: `${(tick / totalSeconds) * 100}%` }}>
          {tick === 0 ? '0' : formatDuration(tick)}
        </span>
      ))}
    </Box>
  );
}
