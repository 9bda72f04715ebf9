/** One of some names, or something of one's own in their place. */
import { Input, SegmentedControl, Stack } from '@mantine/core';
import { isRecord } from '../../../../is-record.ts';
import { type FieldProps, useField, useForm } from '../form-context.ts';
import { offersFor } from '../offers.ts';
import { variantsOf } from '../schema.ts';
import { GroupFields } from './group-field.tsx';

const ownName = 'own text';

export function VariantField({ path, node }: FieldProps) {
  const { label, description, value, set, error, locked } = useField({ path, node });
  const { draft, schema, components } = useForm();
  const variants = variantsOf(node);
  if (!variants) return null;
  const isOwn = isRecord(value);
  return (
    <Input.Wrapper labelElement="div" label={label} description={locked ?? description} error={error}>
      <Stack gap={6} mt={4}>
        <SegmentedControl
          aria-label={label}
          data={[...variants.names, ...offersFor(path, draft, schema, components), ownName]}
          // What was chosen for another kernel can still be taken back.
          disabled={locked !== undefined && value === undefined}
          value={isOwn ? ownName : String(value ?? node.default)}
          onChange={(next) => set(next === ownName ? emptyOf(variants.own.required ?? []) : next)}
          style={{ alignSelf: 'flex-start', maxWidth: '100%', flexWrap: 'wrap' }}
        />
        {isOwn && <GroupFields path={path} node={variants.own} />}
      </Stack>
    </Input.Wrapper>
  );
}

function emptyOf(keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, '']));
}
