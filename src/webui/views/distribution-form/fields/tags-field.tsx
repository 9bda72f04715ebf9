/** A list of words. What a source of suggestions knows is offered while one types; anything else is taken as well. */
import { Loader, TagsInput, Text } from '@mantine/core';
import { useState } from 'react';
import { type FieldProps, useField, useForm } from '../form-context.ts';
import { problemsAt, told } from '../problems.ts';
import { separatorsOf, splitEntries } from '../schema.ts';
import { useSuggestions } from '../suggestions.ts';
import { TextFileButton } from './file-button.tsx';
import { Progress } from './progress.tsx';
import { keyLines, notPublicKeys } from './read-text.ts';

export function TagsField(props: FieldProps) {
  const field = useField(props);
  const { problems } = useForm();
  const [typed, setTyped] = useState('');
  const { found, loading, doing, problem } = useSuggestions(props.path, typed);
  const value = Array.isArray(field.value) ? field.value.map(String) : [];
  const separators = separatorsOf(props.node);
  const about = new Map(found.map((one) => [one.name, one.about]));
  const add = (entries: readonly string[]) => field.set(splitEntries([...value, ...entries], separators));
  return (
    <>
      <TagsInput
        label={field.label}
        description={field.description}
        placeholder={value.length === 0 ? 'Type and press Enter' : ''}
        value={value}
        onChange={(entries) => field.set(splitEntries(entries, separators))}
        searchValue={typed}
        onSearchChange={setTyped}
        data={found.map(({ name }) => name)}
        // The server has searched already, in more than the name.
        filter={({ options }) => options}
        renderOption={({ option }) => (
          <div>
            <Text size="sm">{option.value}</Text>
            <Text size="xs" c="dimmed">
              {about.get(option.value)}
            </Text>
          </div>
        )}
        rightSection={loading ? <Loader size={14} /> : undefined}
        acceptValueOnBlur
        splitChars={separators}
        clearable
        error={told(problemsAt(problems, props.path, true))}
      />
      <Progress doing={doing} problem={problem} />
      {props.node.input === 'keys' && (
        <TextFileButton label="Add from a .pub file" check={notPublicKeys} onText={(text) => add(keyLines(text))} />
      )}
    </>
  );
}
