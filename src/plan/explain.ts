/** Why a stage has to run again: the differences between the request of then and the request of now, and in words. */
import { isRecord } from '../is-record.ts';
import { concealedText, isSecretKey } from '../secrets.ts';
import { canonicalJson } from './canonical.ts';

const mostDifferences = 3;
const longestWord = 40;
/** A whole file may stand in a definition. */
const longestValue = 400;

/** `what` is a path such as `kernel.config.options.CONFIG_E1000`; null: it was not there. */
export interface Difference {
  what: string;
  before: string | null;
  after: string | null;
}

/**
 * Every difference between two requests' parameters, as their stage describes them; values are shown as a user wrote them, long ones cut. Of what is secret
 * (`src/secrets.ts`) only that it is another: reasons go to lists, journals and the logs of whoever watches.
 */
export function differences(before: unknown, after: unknown): Difference[] {
  return [...compare(readable(before), readable(after), '')];
}

/** The first few differences, such as `kernel.config.options.CONFIG_E1000: n→m`. */
export function shortly(all: readonly Difference[]): string {
  const words = ({ what, before, after }: Difference) =>
    before === concealedText && after === concealedText
      ? `${what}: changed`
      : `${what}: ${shown(before)}→${shown(after)}`;
  const more = all.length - mostDifferences;
  return all.slice(0, mostDifferences).map(words).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function shown(value: string | null): string {
  return value === null ? 'none' : cut(value, longestWord);
}

function* compare(before: unknown, after: unknown, path: string, secret = false): Generator<Difference> {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return;
  if (isRecord(before) && isRecord(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort())
      yield* compare(before[key], after[key], path === '' ? key : `${path}.${key}`, secret || isSecretKey(key));
    return;
  }
  yield { what: path, before: text(before, secret), after: text(after, secret) };
}

/** Lists of named things become mappings, so that one more package reads as that package and not as a moved index. */
function readable(value: unknown): unknown {
  if (Array.isArray(value))
    return value.every(isNamed) ? Object.fromEntries(value.map(nameAndRest)) : value.map(readable);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, readable(part)]));
  return value;
}

type Named = Record<string, unknown> & ({ name: string } | { path: string });

function isNamed(value: unknown): value is Named {
  return isRecord(value) && ['name', 'path'].some((key) => typeof value[key] === 'string');
}

function nameAndRest(value: Named): [string, unknown] {
  const name = String(value.name ?? value.path);
  if ('version' in value) return [name, value.version];
  return [name, readable({ ...value, name: undefined })];
}

function text(value: unknown, secret: boolean): string | null {
  if (value === undefined || value === null) return null;
  if (secret) return concealedText;
  return cut(typeof value === 'string' ? value : JSON.stringify(value, conceal), longestValue);
}

/** For a whole user or file that was not there before. */
function conceal(key: string, value: unknown): unknown {
  return isSecretKey(key) && value !== null && value !== undefined ? concealedText : value;
}

function cut(value: string, longest: number): string {
  return value.length > longest ? `${value.slice(0, longest - 1)}…` : value;
}
