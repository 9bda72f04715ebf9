/** Why a build failed, in one place: what, where in the definition, what shows it, and what can be done about it. */
import { Alert, Box, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useRef, useSyncExternalStore } from 'react';
import type { Build } from '../../../../model/build.ts';
import type { Failure } from '../../../../model/problem.ts';
import { AnchorLink } from '../../../parts/anchor.tsx';
import { stepOfPointer } from '../../distribution-form/steps.ts';
import type { BuildFollower } from '../follow/build-follower.ts';
import { plainText } from '../log/ansi.ts';
import { tellsOfError } from '../log/first-error.ts';
import { Evidence, shownLines } from './evidence.tsx';
import { placeName, placesOf } from './fix-words.ts';
import { Remedies } from './remedies.tsx';
import { tellFailure } from './told.ts';

interface FailureCardProps {
  build: Build;
  failure: Failure;
  follower: BuildFollower;
}

/** More places than that say as little as none. */
const mostPlaces = 5;
const mostProblems = 8;

export function FailureCard({ build, failure, follower }: FailureCardProps) {
  const { what, also, hint, evidence } = tellFailure(failure);
  const { stage } = failure;
  const around = useLogAround(follower, build, failure);
  const lines = evidence.length > 0 ? evidence : around.lines;
  return (
    <Alert
      color="red"
      variant="light"
      title={stage ? `${stage} failed` : 'The build failed'}
      icon={<IconAlertTriangle aria-hidden />}
      role="alert"
    >
      <Stack gap="sm">
        <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
          {what}
        </Text>
        {hint && (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {hint}
          </Text>
        )}
        <Places build={build} failure={failure} />
        {also.length > 0 && (
          <List size="sm" spacing={2}>
            {also.slice(0, mostProblems).map(({ place, text }) => (
              <List.Item key={`${place} ${text}`} style={{ overflowWrap: 'anywhere' }}>
                {text}
              </List.Item>
            ))}
            {also.length > mostProblems && <List.Item>and {also.length - mostProblems} more</List.Item>}
          </List>
        )}
        <Remedies build={build} failure={failure} />
        <Box>
          <Evidence lines={lines}>
            {stage && (
              <AnchorLink
                to="/builds/$id"
                params={{ id: build.id }}
                search={{ stage, attempt: around.attempt }}
                hash={around.line === undefined ? 'log' : `L${around.line + 1}`}
                size="sm"
                c="inherit"
                underline="always"
              >
                Open in the log
              </AnchorLink>
            )}
          </Evidence>
        </Box>
      </Stack>
    </Alert>
  );
}

function Places({ build: { distributionId }, failure }: Pick<FailureCardProps, 'build' | 'failure'>) {
  const places = placesOf(failure).slice(0, mostPlaces);
  if (places.length === 0 || distributionId === null) return null;
  return (
    <Group gap="xs">
      <Text size="sm">In the definition:</Text>
      {places.map((pointer) => (
        <AnchorLink
          key={pointer}
          to="/distributions/$id/edit"
          params={{ id: distributionId }}
          search={{ step: stepOfPointer(pointer) }}
          hash={pointer}
          size="sm"
          ff="monospace"
        >
          {placeName(pointer)}
        </AnchorLink>
      ))}
    </Group>
  );
}

/** How far the log of one attempt has been looked through, and its first error. */
interface ReadSoFar {
  of: string;
  next: number;
  line: number | undefined;
}

/** The lines of the stage's log around its first error, or its last ones; and which line it is. */
function useLogAround({ log }: BuildFollower, { stages }: Build, { stage }: Failure) {
  useSyncExternalStore(log.subscribe, log.version);
  const run = stages.find(({ name }) => name === stage);
  const read = useRef<ReadSoFar>({ of: '', next: 0, line: undefined });
  if (!run) return { lines: [], line: undefined, attempt: undefined };
  const { name, attempt } = run;
  const view = log.view(name, attempt);
  const of = `${name} ${attempt}`;
  if (read.current.of !== of) read.current = { of, next: 0, line: undefined };
  // No line is looked at twice, however often more of them come.
  for (; read.current.line === undefined && read.current.next < view.length; read.current.next++)
    if (tellsOfError(plainText(view.text(read.current.next)))) read.current.line = read.current.next;
  const { line } = read.current;
  const from = Math.max(0, line === undefined ? view.length - shownLines : line - shownLines / 2);
  const lines = Array.from({ length: Math.min(shownLines, view.length - from) }, (_, index) => view.text(from + index));
  return { lines, line, attempt: attempt > 1 ? attempt : undefined };
}
