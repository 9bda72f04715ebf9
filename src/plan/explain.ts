/** Why a stage has to run again, in words: the first differences between the request of then and the request of now. */
import type { WantedOption } from '../stages/stages.ts';
import { canonicalJson } from './canonical.ts';

const mostDifferences = 3;
const longestValue = 40;

/** Such as `kernel.config.options.CONFIG_E1000: n→m`; "its stage image or inputs changed" when the requests are alike. */
export function explainChange(before: unknown, after: unknown): string {
  const differences = [...compare(readable(before), readable(after), '')];
  if (differences.length === 0) return 'its stage image or an input changed';
  const more = differences.length - mostDifferences;
  return differences.slice(0, mostDifferences).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function* compare(before: unknown, after: unknown, path: string): Generator<string> {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return;
  if (isRecord(before) && isRecord(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort())
      yield* compare(before[key], after[key], path === '' ? key : `${path}.${key}`);
    return;
  }
  yield `${path}: ${show(before)}→${show(after)}`;
}

/** Lists of named things become mappings, so that one more package reads as that package and not as a moved index. */
function readable(value: unknown): unknown {
  if (Array.isArray(value))
    return value.every(isNamed) ? Object.fromEntries(value.map(nameAndRest)) : value.map(readable);
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [renamed(key, value), readable(part)]));
  return value;
}

type Named = Record<string, unknown> & ({ name: string } | { symbol: string } | { path: string });

function isNamed(value: unknown): value is Named {
  return isRecord(value) && ['name', 'symbol', 'path'].some((key) => typeof value[key] === 'string');
}

function nameAndRest(value: Named): [string, unknown] {
  const name = String(value.symbol ?? value.name ?? value.path);
  if ('symbol' in value) return [name, (value as unknown as WantedOption).value];
  if ('version' in value) return [name, value.version];
  return [name, readable({ ...value, name: undefined })];
}

/** The request of prepare, the one with `options`, means what the user wrote as `kernel.config.options`. */
function renamed(key: string, holder: Record<string, unknown>): string {
  return key === 'options' && 'sources' in holder ? 'kernel.config.options' : key;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}
