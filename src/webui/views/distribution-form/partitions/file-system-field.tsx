/** The file system of a partition, by name: which of them fits, the server says. */
import { Select } from '@mantine/core';
import { type FieldProps, useField, useForm } from '../form-context.ts';

export function FileSystemField(props: FieldProps) {
  const field = useField(props);
  const { components } = useForm();
  const data = components
    .filter(({ kind }) => kind === 'filesystem')
    .map(({ name, title }) => ({ value: name, label: title }));
  return (
    <Select
      label={field.label}
      description={field.description}
      error={field.error}
      data={data}
      value={typeof field.value === 'string' ? field.value : null}
      onChange={(value) => field.set(value ?? undefined)}
      placeholder="as usual"
      clearable
      maw={300}
    />
  );
}
