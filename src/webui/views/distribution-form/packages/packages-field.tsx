/** Packages: a search over the suite's index, and below it what was chosen, with versions and sizes as far as they are resolved. */
import { Button, Group, Loader, TagsInput, Text } from '@mantine/core';
import { useCallback, useMemo, useRef, useState } from 'react';
import { ErrorNotice } from '../../../parts/error-notice.tsx';
import { Progress } from '../fields/progress.tsx';
import { type FieldProps, useField, useForm } from '../form-context.ts';
import { problemsAt, told } from '../problems.ts';
import { separatorsOf, splitEntries } from '../schema.ts';
import { useSuggestions } from '../suggestions.ts';
import { chosenPackages, hasInstalledSizes, installedWords, pulledIn } from './installed.ts';
import { PackageTable } from './package-table.tsx';

export function PackagesField(props: FieldProps) {
  const { label, description, value: written, set } = useField(props);
  const { problems, resolution } = useForm();
  const value = useMemo(() => (Array.isArray(written) ? written.map(String) : []), [written]);
  const separators = separatorsOf(props.node);
  const { lock } = resolution;
  const chosen = useMemo(() => chosenPackages(value, lock), [value, lock]);
  const others = useMemo(() => pulledIn(chosen, lock), [chosen, lock]);
  const { path } = props;
  const troubles = useMemo(
    () => value.map((_, index) => told(problemsAt(problems, [...path, index], true))),
    [value, problems, path],
  );
  // The table is drawn again when what it shows has changed, and not with each letter of a search.
  const latest = useRef({ value, set });
  latest.current = { value, set };
  const remove = useCallback(
    (index: number) => latest.current.set(latest.current.value.filter((_, other) => other !== index)),
    [],
  );
  return (
    <>
      <PackageSearch
        path={path}
        label={label}
        description={description}
        separators={separators}
        error={told(problemsAt(problems, path))}
        onAdd={(entries) => set(splitEntries([...value, ...entries], separators))}
      />
      <PackageTable
        chosen={chosen}
        others={others}
        troubles={troubles}
        current={resolution.current}
        installedSizes={hasInstalledSizes(lock)}
        onRemove={remove}
      />
      <Group justify="space-between" gap="xs" mt={6}>
        <Text size="sm" fw={500} role="status" aria-label="What is installed">
          {installedWords(chosen, lock, resolution.current)}
        </Text>
        {!resolution.current && (
          <Button
            size="compact-sm"
            variant="light"
            loading={resolution.resolving}
            disabled={!resolution.resolve}
            onClick={resolution.resolve}
          >
            Resolve now
          </Button>
        )}
      </Group>
      {resolution.resolving && (
        <Text size="xs" c="dimmed">
          Looking up versions and dependencies. This takes up to a minute.
        </Text>
      )}
      {resolution.error && <ErrorNotice error={resolution.error} />}
    </>
  );
}

interface SearchProps {
  path: FieldProps['path'];
  label: string;
  description: string | undefined;
  separators: string[];
  error: string | undefined;
  onAdd: (entries: readonly string[]) => void;
}

function PackageSearch({ path, label, description, separators, error, onAdd }: SearchProps) {
  const [typed, setTyped] = useState('');
  const { found, loading, doing, problem } = useSuggestions(path, typed);
  const about = new Map(found.map((one) => [one.name, one.about]));
  return (
    <>
      <TagsInput
        label={label}
        description={description}
        placeholder="Search by name or description, or paste a list"
        // What was chosen stands in the table.
        value={[]}
        onChange={onAdd}
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
        // A space stands in what is searched for; Enter and pasting split at it.
        splitChars={separators.filter((separator) => separator.trim() !== '')}
        error={error}
      />
      <Progress doing={doing} problem={problem} />
    </>
  );
}
