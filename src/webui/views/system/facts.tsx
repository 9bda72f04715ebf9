/** Names and values, a line each. What is not known is said to be so. */
import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export function Facts({ facts }: { facts: Readonly<Record<string, ReactNode | null>> }) {
  return (
    <dl style={{ margin: 0 }}>
      {Object.entries(facts).map(([name, value]) => (
        <Group key={name} gap="sm" wrap="nowrap" align="baseline">
          <Text component="dt" size="sm" c="dimmed" w={110} style={{ flexShrink: 0 }}>
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
            {value ?? 'not known'}
          </Text>
        </Group>
      ))}
    </dl>
  );
}
