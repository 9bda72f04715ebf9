/** The line below a build's name: where it stands, how long it took or will take, and what it is. */
import { Code, Group, Text } from '@mantine/core';
import type { Build } from '../../../model/build.ts';
import { timeLeft } from '../../format.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Ago, Elapsed, useNow } from '../../parts/time.tsx';
import { succeededUntested, VerdictBadge } from '../../parts/verdict.tsx';
import { secondsLeft } from './time-left.ts';

export function BuildAbout({ build }: { build: Build }) {
  const { id, state, verdict, arch, formats, distributionId, verifies, queuePosition } = build;
  return (
    <>
      <Group gap={8} mt={6}>
        <StateBadge state={state} />
        <VerdictBadge verdict={verdict} untested={succeededUntested(build)} />
        {queuePosition !== null && <Text size="sm">place {queuePosition} in the queue</Text>}
        <Clock build={build} />
      </Group>
      <Text size="sm" mt={4} component="div">
        {arch} · {formats.join(', ')} · build <Code>{id}</Code>
        {distributionId !== null && (
          <>
            {' · '}
            <AnchorLink to="/builds" search={{ distribution: distributionId }} size="sm" underline="always">
              all builds of {build.name}
            </AnchorLink>
          </>
        )}
        {verifies !== null && (
          <>
            {' · verification of '}
            <AnchorLink to="/builds/$id" params={{ id: verifies }} size="sm" underline="always">
              build {verifies}
            </AnchorLink>
          </>
        )}
      </Text>
    </>
  );
}

function Clock({ build }: { build: Build }) {
  const left = secondsLeft(build, useNow());
  const { createdAt, startedAt, endedAt } = build;
  return (
    <Text size="sm" component="span" style={{ fontVariantNumeric: 'tabular-nums' }}>
      {startedAt === null ? (
        <>
          queued <Ago time={createdAt} />
        </>
      ) : (
        <>
          {endedAt === null ? 'for ' : 'took '}
          <Elapsed from={startedAt} to={endedAt} />
          {left !== undefined && `, about ${timeLeft(left)} left`}
          {endedAt !== null && (
            <>
              {', ended '}
              <Ago time={endedAt} />
            </>
          )}
        </>
      )}
    </Text>
  );
}
