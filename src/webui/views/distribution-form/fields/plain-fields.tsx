/** Keys with one value: a line, a text, a choice, a switch. */
import { Autocomplete, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { type FieldProps, useField, useForm } from '../form-context.ts';
import { offersFor } from '../offers.ts';
import { TextFileButton } from './file-button.tsx';
import { SourceButton } from './source-button.tsx';

function common({ label, description, required, error }: ReturnType<typeof useField>) {
  return { label, description, withAsterisk: required, error };
}

export function LineField(props: FieldProps) {
  const field = useField(props);
  const { draft, schema, components } = useForm();
  const offers = offersFor(props.path, draft, schema, components);
  const value = field.value === undefined ? '' : String(field.value);
  const placeholder = typeof props.node.default === 'string' ? props.node.default : '';
  const shared = { ...common(field), value, placeholder, maw: 480, spellCheck: false };
  const input = <TextInput {...shared} onChange={(event) => field.set(event.currentTarget.value)} />;
  if (props.node.input === 'source')
    return (
      <>
        {input}
        <SourceButton onSha256={field.set} />
      </>
    );
  if (offers.length === 0) return input;
  return <Autocomplete {...shared} data={offers} onChange={field.set} limit={100} maxDropdownHeight={260} />;
}

export function TextField(props: FieldProps) {
  const field = useField(props);
  return (
    <>
      <Textarea
        {...common(field)}
        value={field.value === undefined ? '' : String(field.value)}
        // An empty text is a text: a file may be empty.
        onChange={(event) => field.set(event.currentTarget.value || undefined)}
        autosize
        minRows={3}
        maxRows={20}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      />
      {props.node.input === 'file' && <TextFileButton label="Take from a file" onText={field.set} />}
    </>
  );
}

export function ChoiceField(props: FieldProps) {
  const field = useField(props);
  return (
    <Select
      {...common(field)}
      data={props.node.enum?.map(String) ?? []}
      value={String(field.value ?? props.node.default ?? '')}
      onChange={(value) => field.set(value ?? undefined)}
      allowDeselect={false}
      maw={300}
    />
  );
}

export function SwitchField(props: FieldProps) {
  const field = useField(props);
  const { withAsterisk: _, ...shared } = common(field);
  return (
    <Switch
      {...shared}
      checked={Boolean(field.value ?? props.node.default)}
      onChange={(event) => field.set(event.currentTarget.checked)}
    />
  );
}
