/** What every field of the form needs: the draft, how to change it, and what is known of its values. */
import { createContext, useContext } from 'react';
import type { ChoiceShape } from '../../../shapes/requests.ts';
import type { ComponentShape } from '../../../shapes/shapes.ts';
import { type Draft, type Path, unlessDefault, valueAt } from './draft.ts';
import { type Fault, faultsAt, told } from './faults.ts';
import { labelOf, nodeAt, type SchemaNode } from './schema.ts';

export interface Form {
  draft: Draft;
  set: (path: Path, value: unknown) => void;
  schema: SchemaNode;
  faults: readonly Fault[];
  components: readonly ComponentShape[];
  choices: readonly ChoiceShape[];
}

export const FormContext = createContext<Form | undefined>(undefined);

export function useForm(): Form {
  const form = useContext(FormContext);
  if (!form) throw new Error('A field stands outside of the form.');
  return form;
}

export interface FieldProps {
  path: Path;
  node: SchemaNode;
}

/** A key of the definition as an input takes it. */
export function useField({ path, node }: FieldProps) {
  const { draft, set, schema, faults } = useForm();
  const key = path.at(-1) ?? '';
  return {
    label: node.title ?? labelOf(key),
    description: node.description,
    required: nodeAt(schema, path.slice(0, -1))?.required?.includes(String(key)) ?? false,
    /** As it is written; undefined while the default holds. */
    value: valueAt(draft, path),
    set: (value: unknown) => set(path, unlessDefault(value, node.default)),
    error: told(faultsAt(faults, path)),
  };
}
