/** From what a user wrote (a YAML or JSON text, or a value) to a definition, with every fault named at once. */
import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { type ErrorCode, type ErrorDetail, jsonPointer, LdfError, printable } from '../errors.ts';
import { Definition } from './definition.ts';
import { refuseDeepValue, refuseDeepYaml } from './nesting.ts';

/** Text a definition may have at the most: generous for files written inline, small enough to refuse a mistake. */
export const maxDefinitionBytes = 16 << 20;

/** Keys that are planned but not there yet get a clearer answer than "unknown". */
const reserved = new Map([
  ['/image/layout', 'partition layouts'],
  ['/signing', 'signing'],
  ['/kernel/patches', 'kernel patches'],
  ['/kernel/toolchain', 'choice of the tool chain'],
]);

/** @throws LdfError `definition.invalid` with one detail for each fault. */
export function parseDefinition(value: unknown): Definition {
  return parseWith(Definition, value, 'definition.invalid', 'The definition');
}

/** Reads YAML 1.2 or JSON (its subset). @throws LdfError `definition.invalid`, naming line and column. */
export function readYaml(text: string, code: ErrorCode = 'definition.invalid'): unknown {
  if (Buffer.byteLength(text) > maxDefinitionBytes)
    throw new LdfError(code, `The text is larger than ${maxDefinitionBytes >> 20} MiB.`, {
      hint: 'Put large files into a package, or fetch them at first boot.',
    });
  refuseDeepYaml(text, code);
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: true, prettyErrors: false, logLevel: 'error' });
  if (document.errors.length > 0)
    throw new LdfError(code, 'The text is not valid YAML.', {
      hint: 'Mend the lines named above; YAML wants two spaces of indentation and no tabs.',
      details: document.errors.map((error) => {
        const { line, col } = lineCounter.linePos(error.pos[0]);
        return { pointer: '', message: `line ${line}, column ${col}: ${error.message.split('\n')[0]}` };
      }),
    });
  if (!isMap(document.contents)) throw new LdfError(code, 'The text must be a mapping of keys to values.');
  const value = expandAliases(document, code);
  refuseDeepValue(value, code);
  return value;
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

/** Validates anything against a closed schema. @throws LdfError with `code` and one detail for each fault. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: ErrorCode,
  what: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.flatMap((issue) => explainIssue(issue, value));
  throw new LdfError(code, `${what} has ${details.length === 1 ? 'a fault' : `${details.length} faults`}.`, {
    details,
  });
}

/** Turns a Zod issue into details a user can act on: pointer, value, and what to write instead. */
export function explainIssue(issue: z.core.$ZodIssue, root: unknown): ErrorDetail[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const pointer = jsonPointer([...issue.path, key]);
      const planned = reserved.get(pointer);
      return {
        pointer,
        message: planned ? `${planned} is not available yet` : `unknown key ${printable(key)}`,
        value: printable(valueAt(root, [...issue.path, key])),
        hint: planned ? 'Remove the key.' : 'Remove it or correct its spelling.',
      };
    });
  const value = valueAt(root, issue.path);
  const missing = value === undefined;
  const detail: ErrorDetail = {
    pointer: jsonPointer(issue.path),
    message: missing ? 'is missing' : wording(issue),
  };
  if (!missing) detail.value = printable(value);
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof value === 'number')
    detail.hint = `Put it in quotes: "${value}".`;
  if (issue.code === 'invalid_value') detail.hint = `Use one of: ${issue.values.map(String).join(', ')}.`;
  return [detail];
}

function wording(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}`;
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code === 'too_small' && issue.origin === 'array') return `must have at least ${issue.minimum} item`;
  return issue.message;
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
