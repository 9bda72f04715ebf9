/** What a row of the table and a card have in common. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconHammer } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { DistributionSummary } from '../../../shapes/requests.ts';
import { bytes } from '../../format.ts';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Verdict } from '../../parts/verdict.tsx';

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
          {bytes(sizeBytes)}{' '}
          <Text span c="dimmed" inherit>
            {format}
          </Text>
        </Text>
      ))}
    </Stack>
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
