/** The stages of a plan: which run and why, which find their result in the cache, and how long it all may take. */
import { Badge, Group, Stack, Table, Text } from '@mantine/core';
import { IconDatabase, IconPlayerPlay, IconQuestionMark } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { estimateInWords } from '../../../client/estimate.ts';
import type { PlanSummary } from '../../../model/plan.ts';
import { Reason } from '../../parts/reason.tsx';
import { type PlanStage, planTime, planTimeInWords } from './plan-times.ts';

const icon = { size: 12, stroke: 2.5, 'aria-hidden': true } as const;

const fates = {
  null: { word: 'Maybe', color: 'gray', symbol: <IconQuestionMark {...icon} /> },
  true: { word: 'Reuse', color: 'teal', symbol: <IconDatabase {...icon} /> },
  false: { word: 'Run', color: 'blue', symbol: <IconPlayerPlay {...icon} /> },
} satisfies Record<string, { word: string; color: string; symbol: ReactNode }>;

/** @param narrow in the sheet, which has no room for a table and shows the notes by itself */
export function PlanPreview({ plan, narrow = false }: { plan: PlanSummary; narrow?: boolean }) {
  const time = planTime(plan.stages);
  const unresolved = plan.stages.find(({ after, cached }) => after.length === 0 && cached === false);
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text fw={600} size="sm">
          {time.running} of {plan.stages.length} stages will run
          {time.open > 0 && `, ${time.open} may be reused`}
        </Text>
        <Text size="sm" c="dimmed">
          {planTimeInWords(time)}
        </Text>
      </Group>
      {!narrow && <StageTable stages={plan.stages} />}
      <StageList stages={plan.stages} always={narrow} />
      {!narrow && <PlanNotes notes={plan.notes} />}
      {unresolved && (
        <Text size="sm" c="dimmed">
          Some versions are {unresolved.reason}. The build looks them up first; stages marked Maybe are then reused if
          nothing they depend on has changed.
        </Text>
      )}
    </Stack>
  );
}

export function PlanNotes({ notes }: { notes: readonly string[] }) {
  return notes.map((note) => (
    <Text key={note} size="sm" c="dimmed">
      {note}
    </Text>
  ));
}

function StageTable({ stages }: { stages: readonly PlanStage[] }) {
  return (
    <Table verticalSpacing={5} horizontalSpacing="xs" visibleFrom="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Stage</Table.Th>
          <Table.Th>Action</Table.Th>
          <Table.Th>Why</Table.Th>
          <Table.Th ta="right">Est. time</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {stages.map((stage) => (
          <Table.Tr key={stage.name} data-stage={stage.name}>
            <Table.Td fw={500}>{stage.name}</Table.Td>
            <Table.Td>
              <Fate stage={stage} />
            </Table.Td>
            <Table.Td>
              <Why stage={stage} />
            </Table.Td>
            <Table.Td ta="right" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              {likely(stage)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** The same where four columns are too many. */
function StageList({ stages, always }: { stages: readonly PlanStage[]; always: boolean }) {
  return (
    <Stack gap={10} {...(always ? {} : { hiddenFrom: 'sm' })}>
      {stages.map((stage) => (
        <div key={stage.name} data-stage={stage.name}>
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" fw={500} style={{ flex: 1 }}>
              {stage.name}
            </Text>
            <Text size="sm" c="dimmed">
              {likely(stage)}
            </Text>
            <Fate stage={stage} />
          </Group>
          <Why stage={stage} />
        </div>
      ))}
    </Stack>
  );
}

function Fate({ stage: { cached } }: { stage: PlanStage }) {
  const { word, color, symbol } = fates[cached === null ? 'null' : cached ? 'true' : 'false'];
  return (
    <Badge variant="light" color={color} leftSection={symbol} size="sm" tt="none" miw={78}>
      {word}
    </Badge>
  );
}

function Why({ stage: { cached, reason } }: { stage: PlanStage }) {
  return (
    <Text size="sm" c={cached ? 'dimmed' : 'inherit'} style={{ overflowWrap: 'anywhere' }}>
      <Reason text={reason ?? ''} />
    </Text>
  );
}

function likely(stage: PlanStage): string {
  return stage.cached ? '' : (estimateInWords(stage) ?? 'no history');
}
