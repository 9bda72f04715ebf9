/** The partitions of the disk: a bar that shows it to scale, and an entry for each, in their order. */
import { ActionIcon, Button, Card, Group, Input, Select, Stack, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { valueAt } from '../draft.ts';
import { type FieldProps, useField, useForm } from '../form-context.ts';
import {
  type Entry,
  entriesOf,
  fieldsOf,
  firstEntries,
  moved,
  piecesOf,
  purposeOf,
  purposes,
  titleOf,
  withPurpose,
} from '../partitions/entries.ts';
import { FileSystemField } from '../partitions/file-system-field.tsx';
import { PartitionBar } from '../partitions/partition-bar.tsx';
import { problemsAt, told } from '../problems.ts';
import type { SchemaNode } from '../schema.ts';
import { Field } from './field.tsx';

export function PartitionsField({ path, node }: FieldProps) {
  const { label, description, value, set, error } = useField({ path, node });
  const { draft } = useForm();
  const entries = entriesOf(value);
  const { items: itemNode } = node;
  if (!itemNode) return null;
  return (
    <Input.Wrapper labelElement="div" label={label} description={description} error={error}>
      <Stack gap="xs" mt={6}>
        {entries.length > 0 && (
          <PartitionBar pieces={piecesOf(entries, valueAt(draft, [...path.slice(0, -1), 'size']))} />
        )}
        {entries.map((entry, index) => (
          <PartitionCard
            // biome-ignore lint/suspicious/noArrayIndexKey: an entry is its place on the disk
            key={index}
            path={[...path, index]}
            node={itemNode}
            entry={entry}
            place={{ index, last: entries.length - 1 }}
            onChange={(changed) => set(entries.with(index, changed))}
            onMove={(by) => set(moved(entries, index, by))}
            onRemove={() => set(entries.length === 1 ? undefined : entries.filter((_, other) => other !== index))}
          />
        ))}
        <Group gap="xs">
          {entries.length === 0 ? (
            <Button variant="light" size="xs" onClick={() => set([...firstEntries])}>
              Divide the disk
            </Button>
          ) : (
            <>
              <Button
                variant="light"
                size="xs"
                leftSection={<IconPlus size={14} aria-hidden />}
                onClick={() => set([...entries, { mount: '' }])}
              >
                Add partition
              </Button>
              <Button variant="subtle" size="xs" onClick={() => set(undefined)}>
                Back to the usual disk
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </Input.Wrapper>
  );
}

interface PartitionCardProps {
  path: FieldProps['path'];
  node: SchemaNode;
  entry: Entry;
  place: { index: number; last: number };
  onChange: (entry: Entry) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

function PartitionCard({ path, node, entry, place, onChange, onMove, onRemove }: PartitionCardProps) {
  const { problems } = useForm();
  const title = titleOf(entry);
  // What is wrong with the entry as a whole, or with a key that has no field here.
  const fields = fieldsOf(entry);
  const unseen = ['swap', 'role', ...(node.properties ? Object.keys(node.properties) : [])].filter(
    (key) => !fields.includes(key),
  );
  const error = told([
    ...problemsAt(problems, path),
    ...[...new Set(unseen)].flatMap((key) => problemsAt(problems, [...path, key])),
  ]);
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Text>
        <Group gap={4} wrap="nowrap">
          <ActionIcon
            variant="subtle"
            aria-label={`Move ${title} up`}
            disabled={place.index === 0}
            onClick={() => onMove(-1)}
          >
            <IconArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            aria-label={`Move ${title} down`}
            disabled={place.index === place.last}
            onClick={() => onMove(1)}
          >
            <IconArrowDown size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" color="red" aria-label={`Remove ${title}`} onClick={onRemove}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      </Group>
      <Stack gap="sm">
        <Select
          label="What it is for"
          data={purposes.map(({ id, label }) => ({ value: id, label }))}
          value={purposeOf(entry)}
          onChange={(id) => onChange(withPurpose(entry, id))}
          error={error}
          allowDeselect={false}
          maw={300}
        />
        {fields.map((key) => {
          const own = node.properties?.[key];
          if (!own) return null;
          const props = { path: [...path, key], node: own };
          return key === 'filesystem' ? <FileSystemField key={key} {...props} /> : <Field key={key} {...props} />;
        })}
      </Stack>
    </Card>
  );
}
