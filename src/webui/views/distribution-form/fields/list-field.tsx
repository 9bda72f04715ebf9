/** A list of things with fields of their own, such as users. */
import { ActionIcon, Button, Card, Group, Input, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { isRecord } from '../../../../is-record.ts';
import { type FieldProps, useField } from '../form-context.ts';
import { GroupFields } from './group-field.tsx';

export function ListField({ path, node }: FieldProps) {
  const { label, description, value, set, error } = useField({ path, node });
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const { items: itemNode } = node;
  if (!itemNode) return null;
  const [nameKey = ''] = itemNode.required ?? [];
  const one = label.toLowerCase().replace(/s$/, '');
  return (
    <Input.Wrapper labelElement="div" label={label} description={description} error={error}>
      <Stack gap="xs" mt={6}>
        {items.map((item, index) => {
          const name = isRecord(item) && item[nameKey] ? String(item[nameKey]) : `New ${one}`;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: an entry is its place; its name is what is being typed
            <Card key={index} withBorder padding="sm">
              <Group justify="space-between" mb="xs">
                <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {name}
                </Text>
                <ActionIcon
                  variant="subtle"
                  color="red"
                  aria-label={`Remove ${name}`}
                  onClick={() => set(items.filter((_, other) => other !== index))}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </Group>
              <Stack gap="sm">
                <GroupFields path={[...path, index]} node={itemNode} />
              </Stack>
            </Card>
          );
        })}
        <Button
          variant="light"
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => set([...items, {}])}
          style={{ alignSelf: 'flex-start' }}
        >
          Add {one}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
