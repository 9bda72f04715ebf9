/** Every attempt at every stage: why it ran or did not have to, what it used, how it ended, and its log. */
import { Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { estimateInWords } from '../../../../client/estimate.ts';
import type { Build } from '../../../../model/build.ts';
import type { Attempt } from '../../../../model/stage-run.ts';
import { attemptsQuery } from '../../../api.ts';
import { AnchorLink } from '../../../parts/anchor.tsx';
import { QueryStatus } from '../../../parts/query-status.tsx';
import { StateBadge } from '../../../parts/state-badge.tsx';
import { Ago, Elapsed } from '../../../parts/time.tsx';
import { Differences } from './differences.tsx';
import { ResourcesUsed } from './resources-used.tsx';

export function StageList({ build }: { build: Build }) {
  const query = useQuery(attemptsQuery(build.id));
  const { data } = query;
  const status = <QueryStatus query={query} loading="Loading the attempts" />;
  if (!data) return status;
  return (
    <Stack gap="sm">
      {status}
      {build.stages.map(({ name }) => {
        const attempts = data.filter((attempt) => attempt.name === name);
        return (
          <Card key={name} withBorder padding="sm">
            <Title order={2} size="h5" mb={attempts.length > 0 ? 6 : 0}>
              {name}
            </Title>
            <Stack gap="md">
              {attempts.toReversed().map((attempt) => (
                <AttemptRow key={attempt.attempt} build={build} attempt={attempt} only={attempts.length === 1} />
              ))}
            </Stack>
          </Card>
        );
      })}
    </Stack>
  );
}

function AttemptRow({ build, attempt, only }: { build: Build; attempt: Attempt; only: boolean }) {
  const { name, state, startedAt, endedAt, reason, error, exitCode, compared, usage, estimateRange } = attempt;
  return (
    <Stack gap={4} data-attempt={`${name} ${attempt.attempt}`}>
      <Group gap={8}>
        {!only && (
          <Text size="sm" fw={600}>
            Attempt {attempt.attempt}
          </Text>
        )}
        <StateBadge state={state} size="sm" />
        {startedAt !== null && state !== 'cached' && (
          <Text size="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
            <Elapsed from={startedAt} to={endedAt} />
            {estimateRange && (
              <Text span c="dimmed" inherit>
                {' '}
                (usually {estimateInWords(attempt)})
              </Text>
            )}
          </Text>
        )}
        {startedAt !== null && (
          <Text size="sm" c="dimmed">
            <Ago time={startedAt} />
          </Text>
        )}
        {exitCode !== null && exitCode !== 0 && <Text size="sm">exit code {exitCode}</Text>}
        {startedAt !== null && state !== 'cached' && (
          <AnchorLink
            to="/builds/$id"
            params={{ id: build.id }}
            search={{ stage: name, attempt: attempt.attempt }}
            size="sm"
          >
            {only ? 'Log' : 'Log of this attempt'}
          </AnchorLink>
        )}
      </Group>
      {reason !== null && <Text size="sm">{whyWords(attempt)}</Text>}
      {compared && <Differences compared={compared} thisBuild={build.id} />}
      {error && (
        <Text size="sm" c="var(--mantine-color-error)" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {error.message}
          {error.hint !== null && ` ${error.hint}`}
        </Text>
      )}
      {usage && <ResourcesUsed usage={usage} />}
    </Stack>
  );
}

/** `Ran because …`: the engine's reason, in a sentence. */
function whyWords({ state, reason }: Attempt) {
  const opening = state === 'cached' ? 'Reused' : state === 'skipped' ? 'Did not run' : 'Ran';
  return (
    <>
      <Text span fw={500} inherit>
        {opening}:
      </Text>{' '}
      <span style={{ overflowWrap: 'anywhere' }}>{reason}</span>
    </>
  );
}
