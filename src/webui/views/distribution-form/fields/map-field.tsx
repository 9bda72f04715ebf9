/** A mapping of names to values, such as kernel options: a row each, and one to add another. */
import { ActionIcon, Autocomplete, Button, Group, Input, Loader, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { isRecord } from '../../../../is-record.ts';
import { type FieldProps, useField, useForm } from '../form-context.ts';
import { problemsAt, told } from '../problems.ts';
import { useSuggestions } from '../suggestions.ts';
import { Progress } from './progress.tsx';

const usualValue = 'y';
const usualValues = ['y', 'm', 'n'];

export function MapField({ path, node }: FieldProps) {
  const { label, description, value, set, error, locked } = useField({ path, node });
  const entries = isRecord(value) ? value : {};
  const without = (name: string) => Object.fromEntries(Object.entries(entries).filter(([key]) => key !== name));
  return (
    <Input.Wrapper labelElement="div" label={label} description={locked ?? description} error={error}>
      <Stack gap="xs" mt={6}>
        {Object.entries(entries).map(([name, one]) => (
          <Entry
            key={name}
            path={[...path, name]}
            name={name}
            value={String(one)}
            onChange={(next) => set({ ...entries, [name]: next })}
            onRemove={() => set(without(name))}
          />
        ))}
        <NewEntry
          path={path}
          disabled={locked !== undefined}
          label={label.toLowerCase().replace(/s$/, '')}
          onAdd={(name) => set({ ...entries, [name]: entries[name] ?? usualValue })}
        />
      </Stack>
    </Input.Wrapper>
  );
}

interface EntryProps {
  path: FieldProps['path'];
  name: string;
  value: string;
  onChange: (value: string) => void;
  onRemove: () => void;
}

function Entry({ path, name, value, onChange, onRemove }: EntryProps) {
  const { problems } = useForm();
  const error = told(problemsAt(problems, path));
  return (
    <div>
      <Group gap="xs" wrap="nowrap" maw={640}>
        <Text size="sm" ff="monospace" style={{ flex: 1, overflowWrap: 'anywhere' }}>
          {name}
        </Text>
        <Autocomplete
          aria-label={`Value of ${name}`}
          value={value}
          onChange={onChange}
          data={usualValues}
          filter={({ options }) => options}
          error={error !== undefined}
          w={150}
          size="xs"
        />
        <ActionIcon variant="subtle" color="red" aria-label={`Remove ${name}`} onClick={onRemove}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Group>
      {error && (
        <Text size="xs" c="red">
          {error}
        </Text>
      )}
    </div>
  );
}

interface NewEntryProps {
  path: FieldProps['path'];
  label: string;
  disabled: boolean;
  onAdd: (name: string) => void;
}

function NewEntry({ path, label, disabled, onAdd }: NewEntryProps) {
  const [typed, setTyped] = useState('');
  const { found, loading, doing, problem } = useSuggestions(path, typed);
  const about = new Map(found.map((one) => [one.name, one.about]));
  const add = (name: string) => {
    if (name.trim()) onAdd(name.trim());
    setTyped('');
  };
  const shared = {
    'aria-label': `New ${label}`,
    placeholder: `Add an ${label}`.replace(/an ([^aeiou])/, 'a $1'),
    size: 'xs',
    style: { flex: 1 },
    spellCheck: false,
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      add(typed);
    },
  } as const;
  return (
    <>
      <Group gap="xs" wrap="nowrap" maw={640}>
        <Autocomplete
          {...shared}
          value={typed}
          onChange={setTyped}
          onOptionSubmit={add}
          data={found.map(({ name }) => name)}
          filter={({ options }) => options}
          rightSection={loading ? <Loader size={14} /> : undefined}
          disabled={disabled}
          renderOption={({ option }) => (
            <div>
              <Text size="sm" ff="monospace">
                {option.value}
              </Text>
              <Text size="xs" c="dimmed" lineClamp={3}>
                {about.get(option.value)}
              </Text>
            </div>
          )}
        />
        <Button
          size="xs"
          variant="light"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => add(typed)}
          disabled={disabled || typed.trim() === ''}
        >
          Add
        </Button>
      </Group>
      <Progress doing={doing} problem={problem} />
    </>
  );
}
