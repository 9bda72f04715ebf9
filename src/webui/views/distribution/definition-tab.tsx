/** The definition as text, and what its locks pin. */
import { Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import type { Distribution } from '../../../model/distribution.ts';
import { toYaml } from '../distribution-form/yaml.ts';

export default function DefinitionTab({ distribution }: { distribution: Distribution }) {
  const text = toYaml(distribution.definition);
  const locks = Object.values(distribution.locks);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <div>
          {locks.length === 0 && (
            <Text size="sm" c="dimmed">
              Not locked yet: the first build looks up the exact versions and keeps them.
            </Text>
          )}
          {locks.map(({ arch, kernel, packages }) => (
            <Text key={arch} size="sm" c="dimmed">
              Locked for {arch}: kernel {kernel?.version ?? 'not yet'}, {packages?.packages.length ?? 0} packages.
            </Text>
          ))}
        </div>
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
