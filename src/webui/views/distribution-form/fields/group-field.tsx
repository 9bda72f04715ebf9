/** A key that holds more keys: a heading, and each of them. */
import { Fieldset, Stack, Text } from '@mantine/core';
import { type FieldProps, useForm } from '../form-context.ts';
import { problemsAt, told } from '../problems.ts';
import { labelOf } from '../schema.ts';
import { Field } from './field.tsx';

export function GroupField({ path, node }: FieldProps) {
  const { problems } = useForm();
  const error = told(problemsAt(problems, path));
  return (
    <Fieldset legend={labelOf(path.at(-1) ?? '')} variant="default">
      <Stack gap="md">
        {error && (
          <Text size="sm" c="red">
            {error}
          </Text>
        )}
        <GroupFields path={path} node={node} />
      </Stack>
    </Fieldset>
  );
}

/** The fields of a group without its frame. */
export function GroupFields({ path, node }: FieldProps) {
  return Object.entries(node.properties ?? {}).map(([key, part]) => (
    <Field key={key} path={[...path, key]} node={part} />
  ));
}
