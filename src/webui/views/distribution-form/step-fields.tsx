/** The fields of one step, as the schema has them; what stands alone at the top needs no frame. */
import { Stack } from '@mantine/core';
import { Field } from './fields/field.tsx';
import { GroupFields } from './fields/group-field.tsx';
import { useForm } from './form-context.ts';
import { keysOf, type StepId } from './steps.ts';

export function StepFields({ step }: { step: StepId }) {
  const { schema } = useForm();
  const keys = keysOf(step, schema);
  return (
    <Stack gap="lg">
      {keys.map((key) => {
        const node = schema.properties?.[key];
        if (!node) return null;
        // A step that is a group by itself, such as the kernel, does not say its name twice.
        if (keys.length === 1 && node.properties) return <GroupFields key={key} path={[key]} node={node} />;
        return <Field key={key} path={[key]} node={node} />;
      })}
    </Stack>
  );
}
