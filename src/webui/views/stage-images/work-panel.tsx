/** What is being done to the images, as it is done; of work that failed, also the last that it said. */
import { Alert, Button, Card, Code, Group, Loader, ScrollArea, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import type { WorkState } from './image-work.ts';
import type { CurrentWork } from './use-image-work.ts';

export function WorkPanel({ work }: { work: CurrentWork }) {
  const { title, outcome, cancel } = work;
  if (title === undefined) return null;
  if (outcome?.ok)
    return (
      <Alert color="green" variant="light" icon={<IconCheck aria-hidden />} role="status">
        {title}: done.
      </Alert>
    );
  if (outcome)
    return (
      <Stack gap="sm">
        <ErrorNotice error={outcome.error} />
        <Said work={work} />
      </Stack>
    );
  return (
    <Card withBorder padding="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs" role="status">
            <Loader size="xs" aria-hidden />
            <Text fw={600}>{title}…</Text>
          </Group>
          <Button size="xs" variant="light" color="red" onClick={cancel}>
            Cancel
          </Button>
        </Group>
        <Said work={work} />
      </Stack>
    </Card>
  );
}

function Said({ work: { steps, lines } }: { work: WorkState }) {
  return (
    <>
      {[...steps.values()].map(({ image, kind, step, steps: all, text }) => (
        <Text key={image} size="sm">
          <b>{image}</b> {kind === 'done' ? `ready (${text})` : all > 0 ? `step ${step} of ${all}: ${text}` : text}
        </Text>
      ))}
      {lines.length > 0 && (
        <ScrollArea.Autosize mah={220} tabIndex={0}>
          <Code block>
            {lines.map(({ number, image, text }) => (
              <div key={number}>
                <Text span inherit c="dimmed" fw={600}>
                  {image}
                </Text>{' '}
                {text}
              </div>
            ))}
          </Code>
        </ScrollArea.Autosize>
      )}
    </>
  );
}
