/** Which keys a schema knows, and at which place: for keys that nobody knows. */
import * as z from 'zod';
import { nearest } from './nearest.ts';

/** Deeper than any schema of LDF, and an end for one that names itself. */
const maxDepth = 12;

/** The keys that the schema knows at a place; of a union those of all its forms, and none where any key may stand. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let here = formsOf(schema);
  for (const part of path) here = here.flatMap((form) => below(form, part)).flatMap((form) => formsOf(form));
  return [...new Set(here.flatMap((form) => (form instanceof z.ZodObject ? Object.keys(form.shape) : [])))];
}

/**
 * What somebody may have meant by an unknown key, as a sentence: the key beside it that is spelled nearly so or whose
 * name begins or ends with it, else the place where a key of this very name belongs. undefined when nothing is like it.
 */
export function meantKey(schema: z.core.$ZodType, path: readonly PropertyKey[], key: string): string | undefined {
  const siblings = knownKeys(schema, path);
  const low = key.toLowerCase();
  const [near] = nearest(key, siblings, 1);
  const longer = siblings.find((name) => low.length >= 4 && overlaps(name.toLowerCase(), low));
  const meant = near ?? longer;
  if (meant !== undefined) return `Did you mean ${JSON.stringify(meant)}?`;
  const place = placeOf(schema, key);
  if (place === undefined) return undefined;
  return place.length === 1 ? `Did you mean ${key} at the top level?` : `Did you mean ${place.join('.')}?`;
}

function overlaps(name: string, word: string): boolean {
  return name.startsWith(word) || name.endsWith(word) || (name.length >= 4 && word.startsWith(name));
}

/** The first mapping, nearest to the top, that has a key of this name. */
function placeOf(schema: z.core.$ZodType, key: string): string[] | undefined {
  let level: { form: z.core.$ZodType; path: string[] }[] = formsOf(schema).map((form) => ({ form, path: [] }));
  for (let depth = 0; depth < maxDepth && level.length > 0; depth += 1) {
    const next: typeof level = [];
    for (const { form, path } of level) {
      if (!(form instanceof z.ZodObject)) continue;
      for (const [name, child] of Object.entries(form.shape)) {
        if (name === key) return [...path, name];
        for (const inner of formsOf(child)) next.push({ form: inner, path: [...path, name] });
      }
    }
    level = next;
  }
  return undefined;
}

function below(form: z.core.$ZodType, part: PropertyKey): z.core.$ZodType[] {
  if (form instanceof z.ZodObject) {
    const child = Object.hasOwn(form.shape, part) ? form.shape[String(part)] : undefined;
    return child ? [child] : [];
  }
  if (form instanceof z.ZodArray) return [form.element];
  return form instanceof z.ZodRecord ? [form.valueType] : [];
}

/** What is left of a schema without what it is wrapped in: several of a union. */
function formsOf(schema: z.core.$ZodType, depth = 0): z.core.$ZodType[] {
  const inside = depth > maxDepth ? [] : wrapped(schema);
  return inside === undefined ? [schema] : inside.flatMap((inner) => formsOf(inner, depth + 1));
}

function wrapped(schema: z.core.$ZodType): readonly z.core.$ZodType[] | undefined {
  if (schema instanceof z.ZodUnion) return schema.options;
  if (schema instanceof z.ZodPipe) return [schema.in];
  if (schema instanceof z.ZodLazy) return [schema.unwrap()];
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  )
    return [schema.unwrap()];
  return undefined;
}
