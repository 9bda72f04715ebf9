/** The whole file of a component, to read and to copy. */
import { Button, Code, CopyButton, Group, Stack } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { toYaml } from './component-yaml.ts';

export function ComponentFile({ spec }: { spec: Readonly<Record<string, unknown>> }) {
  const text = toYaml(spec);
  return (
    <Stack gap="xs">
      <Group justify="flex-end">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block fz="sm" p="md" tabIndex={0} role="region" aria-label="The component's file">
        {text}
      </Code>
    </Stack>
  );
}
