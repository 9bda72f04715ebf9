/** The definition in a few words, each with the way to where it is changed. */
import { Badge, Group, Stack, Text } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { Distribution } from '../../../model/distribution.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { TitledCard } from '../../parts/titled-card.tsx';
import { glance } from './glance.ts';

/** A long list is for the definition itself. */
const mostValues = 12;

export function GlanceCard({ distribution: { id, definition } }: { distribution: Distribution }) {
  return (
    <TitledCard title="Definition">
      {glance(definition).map(({ title, step, values, without }) => (
        <Stack key={title} gap={4}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm" fw={600}>
              {title}
            </Text>
            <AnchorLink
              to="/distributions/$id/edit"
              params={{ id }}
              search={{ step }}
              c="dimmed"
              aria-label={`Edit ${title.toLowerCase()}`}
              style={{ display: 'flex', padding: 4 }}
            >
              <IconPencil size={16} aria-hidden />
            </AnchorLink>
          </Group>
          {values.length === 0 ? (
            <Text size="sm" c="dimmed">
              {without}
            </Text>
          ) : (
            <Group gap={4}>
              {values.slice(0, mostValues).map((value) => (
                <Badge key={value} variant="default" tt="none" fw={500} maw="100%">
                  {value}
                </Badge>
              ))}
              {values.length > mostValues && (
                <Text size="sm" c="dimmed" span>
                  and {values.length - mostValues} more
                </Text>
              )}
            </Group>
          )}
        </Stack>
      ))}
    </TitledCard>
  );
}
