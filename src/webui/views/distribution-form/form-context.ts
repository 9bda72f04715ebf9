/** What every field of the form needs: the draft, how to change it, and what is known of its values. */
import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import { jsonPointer } from '../../../errors.ts';
import type { Choice } from '../../../model/check.ts';
import type { ListedComponent } from '../../../model/component.ts';
import { type Draft, type Path, unlessDefault, valueAt } from './draft.ts';
import type { Resolution } from './packages/use-resolution.ts';
import { lockedBy } from './prebuilt.ts';
import { type Problem, problemsAt, told } from './problems.ts';
import { labelOf, nodeAt, type SchemaNode } from './schema.ts';

export interface Form {
  draft: Draft;
  set: (path: Path, value: unknown) => void;
  schema: SchemaNode;
  problems: readonly Problem[];
  /** What could not be judged yet. */
  unchecked: readonly Problem[];
  components: readonly ListedComponent[];
  choices: readonly Choice[];
  /** The packages' versions and sizes. */
  resolution: Resolution;
  /** Fields that have been left once, by their pointers. */
  touched: ReadonlySet<string>;
  touch: (path: Path) => void;
}

export const FormContext = createContext<Form | undefined>(undefined);

export function useForm(): Form {
  const form = useContext(FormContext);
  if (!form) throw new Error('A field stands outside of the form.');
  return form;
}

/** Which fields have been left once. */
export function useTouched(): Pick<Form, 'touched' | 'touch'> {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const touch = useCallback((path: Path) => {
    const pointer = jsonPointer(path);
    // The same set where nothing is new: the form is not drawn again each time that a field is left.
    setTouched((before) => (before.has(pointer) ? before : new Set(before).add(pointer)));
  }, []);
  return useMemo(() => ({ touched, touch }), [touched, touch]);
}

export interface FieldProps {
  path: Path;
  node: SchemaNode;
}

/** A key of the definition as an input takes it. */
export function useField({ path, node }: FieldProps) {
  const form = useForm();
  const { draft, set, schema, problems, touched } = form;
  const value = valueAt(draft, path);
  const key = path.at(-1) ?? '';
  const required = nodeAt(schema, path.slice(0, -1))?.required?.includes(String(key)) ?? false;
  // What was not filled in yet is no mistake yet; the step's number and the review count it.
  const awaited = required && value === undefined && !touched.has(jsonPointer(path));
  return {
    label: node.title ?? labelOf(key),
    // Names stand in backquotes, as in Markdown.
    description: node.description?.replaceAll('`', ''),
    required,
    /** As it is written; undefined while the default holds. */
    value,
    set: (value: unknown) => set(path, unlessDefault(value, node.default)),
    /** Why it cannot be changed; undefined where it can. */
    locked: lockedBy(path, form),
    error: awaited ? undefined : told(problemsAt(problems, path)),
  };
}
