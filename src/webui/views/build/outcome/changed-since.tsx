/** What is different in a build from the last good one before it: in a line, and package by package. */
import { Badge, Group, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Build } from '../../../../model/build.ts';
import { buildQuery, buildsQuery } from '../../../api.ts';
import { AnchorLink } from '../../../parts/anchor.tsx';
import { compareBuilds } from '../../distribution/compare.ts';
import { inputsQuery } from '../../distribution/inputs-query.ts';
import { signLooks } from '../../distribution/package-changes-table.tsx';
import { lastGoodBefore } from './last-good.ts';

/** More stand in the comparison. */
const mostShown = 8;

export function ChangedSince({ build }: { build: Build }) {
  const { distributionId } = build;
  if (distributionId === null) return null;
  return <OfDistribution build={build} distribution={distributionId} />;
}

function OfDistribution({ build, distribution }: { build: Build; distribution: string }) {
  const { data, error } = useQuery(buildsQuery({ distribution, state: 'succeeded' }));
  if (error) return <Text size="sm">What is new is not known: {error.message}</Text>;
  if (!data) return <Skeleton height={18} width="50%" aria-label="Loading what is new" />;
  const before = lastGoodBefore(build, data.items);
  // Where there are more builds than were read, there may be an earlier one.
  if (!before) return data.nextCursor === null ? <Text size="sm">The first good build for {build.arch}.</Text> : null;
  return <Changes build={build} distribution={distribution} before={before} />;
}

interface ChangesProps {
  build: Build;
  distribution: string;
  before: Pick<Build, 'id' | 'number' | 'state'>;
}

function Changes({ build, distribution, before }: ChangesProps) {
  const old = { build: useQuery(buildQuery(before.id)), inputs: useQuery(inputsQuery(before)) };
  const inputs = useQuery(inputsQuery(build));
  const error = old.build.error ?? old.inputs.error ?? inputs.error;
  if (error) return <Text size="sm">What is new is not known: {error.message}</Text>;
  if (!old.build.data || !old.inputs.data || !inputs.data)
    return <Skeleton height={18} width="50%" aria-label="Loading what is new" />;
  const side = { build: old.build.data, inputs: old.inputs.data };
  const { summary, packages = [] } = compareBuilds(side, { build, inputs: inputs.data });
  return (
    <div data-testid="changed-since">
      <Text size="sm">
        <AnchorLink
          to="/distributions/$id"
          params={{ id: distribution }}
          search={{ tab: 'compare', before: before.id, after: build.id }}
          inherit
          underline="always"
        >
          Changed since #{before.number}
        </AnchorLink>
        : {summary}
      </Text>
      {packages.length > 0 && (
        <Group gap={6} mt={6}>
          {packages.slice(0, mostShown).map(({ sign, name, before: from, after: to }) => (
            <Badge
              key={name}
              variant="light"
              color={signLooks[sign].color}
              tt="none"
              fw={500}
              title={[from, to].filter((version) => version !== null).join(' → ')}
            >
              {sign} {name}
            </Badge>
          ))}
          {packages.length > mostShown && (
            <Text size="xs" c="dimmed">
              and {packages.length - mostShown} more
            </Text>
          )}
        </Group>
      )}
    </div>
  );
}
