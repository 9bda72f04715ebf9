/** From what a user wrote (a YAML or JSON text, or a value) to a definition, with every problem named at once. */
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type * as z from 'zod';
import {
  countedProblems,
  type ErrorCode,
  type ErrorDetail,
  jsonPointer,
  LdfError,
  maxDetails,
  printable,
} from '../errors.ts';
import { isRecord } from '../is-record.ts';
import { pointsAtSecret } from '../secrets.ts';
import { Definition } from './definition.ts';
import { meantKey } from './known-keys.ts';
import { nearest } from './nearest.ts';
import { refuseLargeForm, refuseLargeYaml } from './nesting.ts';
import { wording } from './wording.ts';

export { wording } from './wording.ts';

/** Text a definition may have at the most: generous for files written inline, small enough to refuse a mistake. */
export const maxDefinitionBytes = 16 << 20;

/** @throws LdfError `definition.invalid` with one detail for each problem. */
export function parseDefinition(value: unknown): Definition {
  return parseWith(Definition, value, 'definition.invalid', 'The definition');
}

/** Reads YAML 1.2 or JSON (its subset). @throws LdfError `definition.invalid`, naming line and column. */
export function readYaml(text: string, code: ErrorCode = 'definition.invalid'): unknown {
  if (Buffer.byteLength(text) > maxDefinitionBytes)
    throw new LdfError(code, `The text is larger than ${maxDefinitionBytes >> 20} MiB.`, {
      hint: 'Put large files into a package, or fetch them at first boot.',
    });
  refuseLargeYaml(text, code);
  const lineCounter = new LineCounter();
  // The package compares each key with all keys before it: the time for a map of n keys grows with n².
  const document = parseDocument(text, { lineCounter, uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  const problems = [
    ...document.errors.map((error) => ({ at: error.pos[0], message: error.message.split('\n')[0] ?? '' })),
    ...repeatedKeys(document),
  ];
  if (problems.length > 0)
    throw new LdfError(code, `The text is not valid YAML: it has ${countedProblems(problems.length)}.`, {
      hint: 'Fix the lines listed above; indent YAML with two spaces and no tabs.',
      details: problems.slice(0, maxDetails).map(({ at, message }) => {
        const { line, col } = lineCounter.linePos(at);
        return { pointer: '', message: `line ${line}, column ${col}: ${message}` };
      }),
    });
  if (!isMap(document.contents)) throw new LdfError(code, 'The text must be a mapping of keys to values.');
  const value = expandAliases(document, code);
  refuseLargeForm(value, code);
  return value;
}

/** YAML 1.2, 3.2.1.1: the keys of a mapping are unique. */
function repeatedKeys(document: Document): { at: number; message: string }[] {
  const problems: { at: number; message: string }[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          problems.push({
            at: key.range?.[0] ?? 0,
            message: `the key ${printable(key.value)} stands twice in this mapping`,
          });
        seen.add(key.value);
      }
    },
  });
  return problems;
}

function expandAliases(document: Document, code: ErrorCode): unknown {
  try {
    // An alias expands to what it names; the limit stops a small text from growing without bound.
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    throw new LdfError(code, `The text's aliases cannot be expanded: ${cause.message}.`, {
      hint: 'Write out what the aliases stand for.',
      cause,
    });
  }
}

/** Validates anything against a closed schema. @throws LdfError with `code` and one detail for each problem. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: ErrorCode,
  what: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap((issue) => unfolded(issue, value));
  throw new LdfError(code, `${what} has ${countedProblems(countIssues(issues))}.`, {
    details: explainIssues(issues, value, schema),
  });
}

/** How many problems Zod's issues are: several unknown keys are one issue. */
export function countIssues(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
}

/** The first `maxDetails` problems. With the schema that found them, unknown keys are told with what may have been meant. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  root: unknown,
  schema?: z.core.$ZodType,
): ErrorDetail[] {
  const details: ErrorDetail[] = [];
  for (const issue of issues) {
    details.push(...explainIssue(issue, { root, schema }, maxDetails - details.length));
    if (details.length >= maxDetails) break;
  }
  return details;
}

/** Turns a Zod issue into details a user can act on: pointer, value, and what to write instead; `most` of them. */
function explainIssue(
  issue: z.core.$ZodIssue,
  { root, schema }: { root: unknown; schema: z.core.$ZodType | undefined },
  most: number,
): ErrorDetail[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, most).map((key) => {
      const pointer = jsonPointer([...issue.path, key]);
      return {
        pointer,
        message: `unknown key ${printable(key)}`,
        ...(pointsAtSecret(pointer) ? {} : { value: printable(valueAt(root, [...issue.path, key])) }),
        hint: (schema && meantKey(schema, issue.path, key)) ?? 'Remove it or correct its spelling.',
      };
    });
  const value = valueAt(root, issue.path);
  const missing = value === undefined;
  const detail: ErrorDetail = {
    pointer: jsonPointer(issue.path),
    message: missing ? 'is missing' : wording(issue),
  };
  if (!missing && !pointsAtSecret(detail.pointer)) detail.value = printable(value);
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof value === 'number')
    detail.hint = `Put it in quotes: "${value}".`;
  if (issue.code === 'invalid_value') detail.hint = choiceHint(value, issue.values.map(String));
  return [detail];
}

/** Of a mapping where one of several forms may stand: what is wrong with it as the one form that is a mapping. */
function unfolded(issue: z.core.$ZodIssue, root: unknown): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || !isRecord(valueAt(root, issue.path))) return [issue];
  const isNone = (inner: z.core.$ZodIssue) => inner.path.length === 0 && inner.code === 'invalid_type';
  const [form, ...others] = issue.errors.filter((found) => !found.some(isNone));
  if (!form || others.length > 0) return [issue];
  return form.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function choiceHint(value: unknown, choices: readonly string[]): string {
  const [near] = typeof value === 'string' ? nearest(value, choices, 1) : [];
  return `${near === undefined ? '' : `Did you mean ${near}? `}Use one of: ${choices.join(', ')}.`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
