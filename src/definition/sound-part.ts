/** What is left of a definition without the problems that its schema finds: so that planning can name its own beside them. */
import { architectures } from '../architecture.ts';
import { type ErrorDetail, jsonPointer } from '../errors.ts';
import { Definition } from './definition.ts';

export interface SoundPart {
  /** One definition; where it names no architecture, one for each that there is. */
  values: Record<string, unknown>[];
  /**
   * @param found for each of `values`, the problems that planning found in it
   * @returns those of all of them, with pointers into what was written; without those that are only there because
   *   something was taken out
   */
  restore(found: readonly (readonly ErrorDetail[])[]): ErrorDetail[];
}

/** What stands in for a key that a definition cannot do without. */
const standIns: Readonly<Record<string, string>> = { name: 'unnamed', arch: architectures[0] };

/** Each round may uncover what the one before had hidden. */
const maxRounds = 4;

/** undefined for a definition without problems, and for one of which nothing can be kept. */
export function soundPartOf(written: Record<string, unknown>): SoundPart | undefined {
  const value = structuredClone(written);
  const removed: Removed = { pointers: new Set(), indices: new Map() };
  for (let round = 0; round < maxRounds; round += 1) {
    const parsed = Definition.safeParse(value);
    if (parsed.success) {
      if (round === 0) return undefined;
      const values = removed.pointers.has('/arch') ? architectures.map((arch) => ({ ...value, arch })) : [value];
      return { values, restore: (found) => restored(common(found), removed) };
    }
    const paths = parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
    );
    // Of a list, the last entries first: those before keep their places.
    for (const path of paths.sort(byPlaceBackwards)) if (!remove(value, path, removed)) return undefined;
  }
  return undefined;
}

interface Removed {
  /** In what was written. */
  pointers: Set<string>;
  /** Of each list, by its pointer in what was written: the places that were taken out, in order. */
  indices: Map<string, number[]>;
}

function byPlaceBackwards(a: readonly PropertyKey[], b: readonly PropertyKey[]): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    const [left, right] = [a[at], b[at]];
    if (typeof left === 'number' && typeof right === 'number' && left !== right) return right - left;
  }
  return b.length - a.length;
}

/** Takes out what is at the end of the path, or the entry of a list that it belongs to. @returns whether it could. */
function remove(root: Record<string, unknown>, path: readonly PropertyKey[], removed: Removed): boolean {
  const [first] = path;
  if (first === undefined) return false;
  const inList = path.findLastIndex((part) => typeof part === 'number');
  const end = inList < 0 ? path.length - 1 : inList;
  let holder: unknown = root;
  for (const part of path.slice(0, end)) holder = isHolder(holder) ? Reflect.get(holder, part) : undefined;
  const last = path[end];
  if (!isHolder(holder) || last === undefined) return true;
  const at = original(path.slice(0, end), removed);
  if (Array.isArray(holder) && typeof last === 'number') {
    const taken = removed.indices.get(jsonPointer(at)) ?? [];
    const place = originalIndex(last, taken);
    removed.pointers.add(jsonPointer([...at, place]));
    removed.indices.set(
      jsonPointer(at),
      [...taken, place].sort((a, b) => a - b),
    );
    holder.splice(last, 1);
    return true;
  }
  Reflect.deleteProperty(holder, last);
  removed.pointers.add(jsonPointer([...at, last]));
  if (end === 0 && Object.hasOwn(standIns, last)) root[String(last)] = standIns[String(last)];
  return true;
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The path in what was written, of a path in what is left. */
function original(path: readonly PropertyKey[], { indices }: Removed): PropertyKey[] {
  const written: PropertyKey[] = [];
  for (const part of path) {
    const taken = indices.get(jsonPointer(written));
    const index = Number(part);
    written.push(taken && Number.isInteger(index) ? originalIndex(index, taken) : part);
  }
  return written;
}

function originalIndex(index: number, taken: readonly number[]): number {
  let place = index;
  for (const gone of taken) if (gone <= place) place += 1;
  return place;
}

function common([first = [], ...others]: readonly (readonly ErrorDetail[])[]): ErrorDetail[] {
  const isIn = (detail: ErrorDetail, found: readonly ErrorDetail[]) =>
    found.some(({ pointer, message }) => pointer === detail.pointer && message === detail.message);
  return first.filter((detail) => others.every((found) => isIn(detail, found)));
}

function restored(details: readonly ErrorDetail[], removed: Removed): ErrorDetail[] {
  return details
    .map((detail) => ({ ...detail, pointer: rejoin(original(detail.pointer.split('/').slice(1), removed)) }))
    .filter((detail) => ![...removed.pointers].some((gone) => isWithin(detail.pointer, gone)));
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** Of parts that are escaped already. */
function rejoin(parts: readonly PropertyKey[]): string {
  return parts.map((part) => `/${String(part)}`).join('');
}
