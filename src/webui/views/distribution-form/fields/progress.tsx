/** Below a field with suggestions: what the server is doing, or why there are none. */
import { Text } from '@mantine/core';
import type { Suggestions } from '../suggestions.ts';

export function Progress({ doing, problem }: Pick<Suggestions, 'doing' | 'problem'>) {
  return (
    <Text size="xs" c="dimmed" role="status" mt={doing || problem ? 4 : 0} maw={640}>
      {doing ?? problem}
    </Text>
  );
}
