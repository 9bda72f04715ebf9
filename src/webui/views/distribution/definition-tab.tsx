/** The definition as text. */
import { Button, Code, CopyButton, Group, Stack } from '@mantine/core';
import type { Distribution } from '../../../model/distribution.ts';
import { toYaml } from '../distribution-form/yaml.ts';

export default function DefinitionTab({ distribution }: { distribution: Distribution }) {
  const text = toYaml(distribution.definition);
  return (
    <Stack gap="md">
      <Group justify="flex-end">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block tabIndex={0}>
        {text}
      </Code>
    </Stack>
  );
}
