/** One stage of a build: how far it is, how long it takes, and why it ran or did not have to. */
import { Card, Group, Progress, Text, ThemeIcon, UnstyledButton } from '@mantine/core';
import { formatPercent } from '../../../../amounts.ts';
import { estimateInWords, isLongerThanUsual } from '../../../../client/estimate.ts';
import type { StageRun } from '../../../../model/stage-run.ts';
import { secondsBetween, timeLeft } from '../../../format.ts';
import { stateLooks } from '../../../parts/state-badge.tsx';
import { Elapsed, useNow } from '../../../parts/time.tsx';
import { stageSecondsLeft } from '../time-left.ts';
import classes from './graph.module.css';

interface StageCardProps {
  stage: StageRun;
  chosen: boolean;
  onChoose: () => void;
}

export function StageCard({ stage, chosen, onChoose }: StageCardProps) {
  const { name, state, attempt, reason, error } = stage;
  const { color, icon } = stateLooks[state];
  return (
    <UnstyledButton
      className={classes.card}
      onClick={onChoose}
      aria-pressed={chosen}
      data-stage={name}
      data-state={state}
      title={`Show the log of ${name}`}
    >
      <Card withBorder padding="xs" className={classes.face} data-chosen={chosen || undefined}>
        <Group justify="space-between" gap={4} wrap="nowrap">
          <Text fw={600} size="sm" truncate>
            {name}
          </Text>
          <ThemeIcon color={color} variant="light" size={18} radius="xl" aria-hidden>
            {icon}
          </ThemeIcon>
        </Group>
        <Text size="xs" style={{ fontVariantNumeric: 'tabular-nums' }}>
          <span data-testid="stage-state">{state}</span>
          {attempt > 1 && ` · attempt ${attempt}`}
          <Took stage={stage} />
        </Text>
        {state === 'running' ? (
          <Running stage={stage} />
        ) : (
          <Text size="xs" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
            {/* Why it failed is told above, once. */}
            {state === 'failed' ? '' : (error?.message ?? reason ?? '')}
          </Text>
        )}
      </Card>
    </UnstyledButton>
  );
}

function Took({ stage }: { stage: StageRun }) {
  const { state, startedAt, endedAt } = stage;
  if (state === 'pending') {
    const words = estimateInWords(stage);
    return words === null ? null : ` · ${words}`;
  }
  if (state === 'cached' || startedAt === null) return null;
  return (
    <>
      {' · '}
      <Elapsed from={startedAt} to={endedAt} />
    </>
  );
}

function Running({ stage }: { stage: StageRun }) {
  const nowMs = useNow();
  const left = stageSecondsLeft(stage, nowMs);
  const { progress, note, name, startedAt } = stage;
  const isLong = isLongerThanUsual(stage, secondsBetween(startedAt, null, nowMs) ?? 0);
  return (
    <>
      <Progress value={progress * 100} size="sm" my={3} aria-label={`Progress of ${name}`} />
      <Text size="xs" style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
        {formatPercent(progress)}
        {left !== undefined && ` · ~${timeLeft(left)} left`}
        {isLong && ' · longer than usual'}
      </Text>
      <Text size="xs" c="dimmed" truncate title={note}>
        {note || '\u00a0'}
      </Text>
    </>
  );
}
