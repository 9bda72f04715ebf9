/** What is being done to the images, as it is done. */
import { Alert, Button, Card, Code, Group, Loader, ScrollArea, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import type { ImageWork } from './use-image-work.ts';

export function WorkPanel({ work }: { work: ImageWork }) {
  const { running, title, steps, lines, outcome, cancel } = work;
  if (title === undefined) return null;
  if (outcome && !outcome.ok) return <ErrorNotice error={outcome.error} />;
  if (outcome)
    return (
      <Alert color="green" variant="light" icon={<IconCheck aria-hidden />} role="status">
        {title}: done.
      </Alert>
    );
  return (
    <Card withBorder padding="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs" role="status">
            {running && <Loader size="xs" aria-hidden />}
            <Text fw={600}>{title}…</Text>
          </Group>
          <Button size="xs" variant="light" color="red" onClick={cancel}>
            Cancel
          </Button>
        </Group>
        {[...steps.values()].map(({ image, kind, step, steps: all, text }) => (
          <Text key={image} size="sm">
            <b>{image}</b> {kind === 'done' ? `is there (${text})` : all > 0 ? `step ${step} of ${all}: ${text}` : text}
          </Text>
        ))}
        {lines.length > 0 && (
          <ScrollArea.Autosize mah={220} tabIndex={0}>
            <Code block>{lines.join('\n')}</Code>
          </ScrollArea.Autosize>
        )}
      </Stack>
    </Card>
  );
}
