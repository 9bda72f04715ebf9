/** What a row of the table and a card have in common. */
import { Badge, Button, Group, Stack, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconHammer } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { formatBytes } from '../../../amounts.ts';
import type { DistributionSummary } from '../../../model/distribution.ts';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Verdict } from '../../parts/verdict.tsx';
import { firstNames } from './listing.ts';

const tooltipEvents = { hover: true, focus: true, touch: true } as const;

interface Props {
  item: DistributionSummary;
}

export function LastBuild({ item: { lastBuild } }: Props) {
  if (!lastBuild)
    return (
      <Text size="sm" c="dimmed">
        not built yet
      </Text>
    );
  return (
    <Group gap="xs">
      <Link
        to="/builds/$id"
        params={{ id: lastBuild.id }}
        aria-label={`Last build: ${lastBuild.state}`}
        style={{ textDecoration: 'none' }}
      >
        <StateBadge state={lastBuild.state} />
      </Link>
      <Verdict verdict={lastBuild.verdict} />
      {lastBuild.state === 'succeeded' && !lastBuild.verdict && (
        <Badge color="yellow" variant="light" tt="none">
          not boot-tested
        </Badge>
      )}
      <Text size="sm" c="dimmed" span>
        <Ago time={lastBuild.createdAt} />
      </Text>
    </Group>
  );
}

export function ImageSizes({ item: { lastBuild } }: Props) {
  if (!lastBuild || lastBuild.images.length === 0) return null;
  return (
    <Stack gap={0}>
      {lastBuild.images.map(({ format, sizeBytes }) => (
        <Text key={format} size="sm" style={{ whiteSpace: 'nowrap' }}>
          {formatBytes(sizeBytes)}{' '}
          <Text span c="dimmed" inherit>
            {format}
          </Text>
        </Text>
      ))}
    </Stack>
  );
}

/** The first few of what it chooses; all of it on hover, and for screen readers. */
export function Components({ item: { components } }: Props) {
  const { names, more } = firstNames(components);
  const all = components.map(({ kind, name }) => `${kind}: ${name}`);
  return (
    <Tooltip
      label={all.join('\n')}
      styles={{ tooltip: { whiteSpace: 'pre' } }}
      events={tooltipEvents}
      disabled={more <= 0}
    >
      <Text size="sm" span>
        <span aria-hidden={more > 0}>
          {names}
          {more > 0 && (
            <Text span inherit c="dimmed">
              {' '}
              +{more}
            </Text>
          )}
        </span>
        {more > 0 && <VisuallyHidden>{all.join(', ')}</VisuallyHidden>}
      </Text>
    </Tooltip>
  );
}

export function BuildButton({ item, onBuild }: Props & { onBuild: (id: string) => void }) {
  return (
    <Button
      size="xs"
      variant="light"
      leftSection={<IconHammer size={14} aria-hidden />}
      onClick={() => onBuild(item.id)}
      aria-label={`Build ${item.name}`}
    >
      Build
    </Button>
  );
}
