/** One key of the definition, asked for as its schema says. */
import { Box, Text } from '@mantine/core';
import type { ComponentType } from 'react';
import { jsonPointer } from '../../../../errors.ts';
import { type FieldProps, useForm } from '../form-context.ts';
import { PackagesField } from '../packages/packages-field.tsx';
import { labelOf, type Widget, widgetOf } from '../schema.ts';
import { ComponentsField } from './components-field.tsx';
import { GroupField } from './group-field.tsx';
import { ListField } from './list-field.tsx';
import { MapField } from './map-field.tsx';
import { PartitionsField } from './partitions-field.tsx';
import { PasswordField } from './password-field.tsx';
import { ChoiceField, LineField, SwitchField, TextField } from './plain-fields.tsx';
import { TagsField } from './tags-field.tsx';
import { Unchecked } from './unchecked.tsx';
import { VariantField } from './variant-field.tsx';

const fields: Readonly<Record<Widget, ComponentType<FieldProps>>> = {
  components: ComponentsField,
  choice: ChoiceField,
  switch: SwitchField,
  password: PasswordField,
  packages: PackagesField,
  line: LineField,
  text: TextField,
  tags: TagsField,
  list: ListField,
  group: GroupField,
  map: MapField,
  partitions: PartitionsField,
  variant: VariantField,
  other: OtherField,
};

/** What these hold says by itself what is not checked of it. */
const holdsFields: ReadonlySet<Widget> = new Set<Widget>(['group', 'list', 'partitions', 'variant']);

export function Field(props: FieldProps) {
  const { touch } = useForm();
  const widget = widgetOf(props.node);
  const Widget = fields[widget];
  return (
    <Box
      data-pointer={jsonPointer(props.path)}
      onBlur={(event) => {
        // Of fields within fields, the innermost is the one that is left.
        event.stopPropagation();
        touch(props.path);
      }}
    >
      <Widget {...props} />
      {!holdsFields.has(widget) && <Unchecked path={props.path} below />}
    </Box>
  );
}

function OtherField({ path }: FieldProps) {
  return (
    <Text size="sm" c="dimmed">
      {labelOf(path.at(-1) ?? '')} can be changed under YAML.
    </Text>
  );
}
