/** A definition while it is edited: plain data, read and changed by path. What says no more than the default is left out. */
import { isRecord } from '../../../is-record.ts';

export type Path = readonly (string | number)[];
export type Draft = Record<string, unknown>;

export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** A copy with another value at a path; `undefined` takes it out, and with it the mappings that this empties. */
export function withValue(root: Draft, path: Path, value: unknown): Draft {
  const changed = put(root, path, value);
  return isRecord(changed) ? changed : {};
}

function put(holder: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(holder)) {
    const part = put(holder[Number(key)], rest, value);
    // Within a list everything keeps its place: an entry that lost all it said is still an entry.
    return holder.map((one, index) => (index === key ? (part ?? {}) : one));
  }
  const { [key]: before, ...others } = isRecord(holder) ? holder : {};
  const part = put(before, rest, value);
  if (part === undefined || (rest.length > 0 && isRecord(part) && Object.keys(part).length === 0)) return others;
  // In the place where it was, so that a file keeps its order.
  if (before !== undefined) return { ...(isRecord(holder) ? holder : {}), [key]: part };
  return { ...others, [key]: part };
}

/** Whether two values say the same, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => same(one, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}

/** The value to keep for a key whose default is known: nothing when it says no more. */
export function unlessDefault(value: unknown, byDefault: unknown): unknown {
  if (value === '' || value === undefined) return undefined;
  return same(value, byDefault) ? undefined : value;
}
