/** Distributions as cards, for a phone. */
import { Card, Group, Stack, Text } from '@mantine/core';
import type { DistributionSummary } from '../../../model/distribution.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { Ago } from '../../parts/time.tsx';
import { BuildButton, Components, ImageSizes, LastBuild } from './row-parts.tsx';

interface CardsProps {
  items: readonly DistributionSummary[];
  onBuild: (id: string) => void;
}

export function DistributionCards({ items, onBuild }: CardsProps) {
  return (
    <Stack gap="sm" hiddenFrom="md">
      {items.map((item) => (
        <Card key={item.id} withBorder padding="sm">
          <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
            <AnchorLink
              to="/distributions/$id"
              params={{ id: item.id }}
              fw={600}
              style={{ overflowWrap: 'anywhere', minWidth: 0 }}
            >
              {item.name}
            </AnchorLink>
            <BuildButton item={item} onBuild={onBuild} />
          </Group>
          <Text size="sm" c="dimmed" mb={6}>
            {item.version} · {item.arch} · updated <Ago time={item.updatedAt} />
          </Text>
          <Components item={item} />
          <LastBuild item={item} />
          <ImageSizes item={item} />
        </Card>
      ))}
    </Stack>
  );
}
