/** What a new installation is still at, with times: shown until the build containers are there. */
import { Button, Group, List, Loader, Progress, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconClock, IconHammer, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { client, imageWorkQuery, stageImagesQuery, systemQuery } from '../../api.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { Elapsed } from '../../parts/time.tsx';
import { TitledCard } from '../../parts/titled-card.tsx';
import { type SetUp, type SetUpRow, setUp } from './set-up.ts';
import { useImageWork } from './use-image-work.ts';

/** Nothing tells of each step. */
const againMs = 2_000;

/** Nothing, once all is there; nothing either for who may not read of it. */
export function SetUpCard() {
  const images = useQuery({
    ...stageImagesQuery,
    refetchInterval: ({ state }) => (state.data && setUp(state.data, []) ? againMs : false),
  });
  const missing = images.data !== undefined && setUp(images.data, []) !== undefined;
  const { data: works = [] } = useQuery({ ...imageWorkQuery, enabled: missing, refetchInterval: againMs });
  const found = images.data && setUp(images.data, works);
  return found && missing ? <Card found={found} /> : null;
}

function Card({ found }: { found: SetUp }) {
  const { rows, startedAt, share } = found;
  const { data: system } = useQuery(systemQuery);
  const work = useImageWork();
  const start = () =>
    void work.start('Building the stage images', (signal) => client.stageImages.build(undefined, signal));
  const docker = system?.docker;
  return (
    <TitledCard
      title="Setting up"
      actions={
        startedAt === null ? (
          <Button
            size="xs"
            leftSection={<IconHammer size={14} aria-hidden />}
            onClick={start}
            loading={work.running}
            disabled={docker?.reachable === false}
          >
            Build the containers
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            <Elapsed from={startedAt} to={null} /> so far
          </Text>
        )
      }
    >
      <Text size="sm">
        Builds run in containers of their own, which are made once; that usually takes one to three minutes. Write a
        definition meanwhile.
      </Text>
      {startedAt !== null && <Progress value={share * 100} aria-label="Build containers" />}
      <List spacing={6} size="sm" center listStyleType="none">
        <Step state="ready" name="Server" note="this page comes from it" />
        {docker && (
          <Step
            state={docker.reachable ? 'ready' : 'failed'}
            name="Docker"
            note={docker.reachable ? `version ${docker.version}` : (system.problems[0]?.message ?? 'not reachable')}
          />
        )}
        {rows.map((row) => (
          <Step
            key={row.name}
            state={row.state}
            name={row.name}
            note={row.note}
            time={row.startedAt && <Elapsed from={row.startedAt} to={row.endedAt} />}
          />
        ))}
        <Step state="waiting" name="First image" note="starts once the containers are there" />
      </List>
      {work.outcome?.ok === false && <ErrorNotice error={work.outcome.error} />}
    </TitledCard>
  );
}

interface StepProps {
  state: SetUpRow['state'] | 'failed';
  name: string;
  note: string;
  time?: ReactNode;
}

const icon = { size: 12, stroke: 3, 'aria-hidden': true } as const;

const looks: Readonly<Record<StepProps['state'], { color: string; symbol: ReactNode; said: string }>> = {
  ready: { color: 'green', symbol: <IconCheck {...icon} />, said: 'ready' },
  working: { color: 'blue', symbol: <Loader size={12} aria-hidden />, said: 'at work' },
  waiting: { color: 'gray', symbol: <IconClock {...icon} />, said: 'waiting' },
  failed: { color: 'red', symbol: <IconX {...icon} />, said: 'failed' },
};

function Step({ state, name, note, time }: StepProps) {
  const { color, symbol, said } = looks[state];
  return (
    <List.Item
      data-set-up={name}
      data-state={state}
      icon={
        <ThemeIcon color={color} variant="light" size="sm" radius="xl" role="img" aria-label={said}>
          {symbol}
        </ThemeIcon>
      }
    >
      <Group gap={8} wrap="nowrap">
        <Text size="sm" fw={500} style={{ whiteSpace: 'nowrap' }}>
          {name}
        </Text>
        <Text size="sm" c="dimmed" truncate style={{ flex: 1, minWidth: 0 }} title={note}>
          {note}
        </Text>
        <Text size="sm" c="dimmed">
          {time}
        </Text>
      </Group>
    </List.Item>
  );
}
