/** A part of the page with a heading, and what can be done about it. */
import { Card, Group, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';

export function TitledCard({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <Card withBorder padding="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {title}
          </Title>
          {actions}
        </Group>
        {children}
      </Stack>
    </Card>
  );
}
