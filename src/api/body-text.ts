/** From the bytes of a body to a value: decoded, read as JSON or YAML, bounded in form, checked by its schema. Pure. */
import type * as z from 'zod';
import { refuseLargeForm } from '../definition/nesting.ts';
import { parseWith } from '../definition/parse.ts';
import { type ErrorCode, LdfError } from '../errors.ts';
import { findJsonError } from './json-position.ts';

/** How a body's value is checked, and what an error says of it. */
export interface BodyReading<Schema extends z.ZodType> {
  schema: Schema;
  /** The error code of a value the schema refuses. */
  code?: ErrorCode;
  /** The error code when every problem lies under one key, by that key. */
  partCodes?: Readonly<Record<string, ErrorCode>>;
  /** What the value is called in an error. */
  what?: string;
  /** An empty body counts as an empty object. */
  optional?: boolean;
  /** Also takes YAML: turns its text into what the schema takes. */
  yaml?: (text: string) => unknown;
}

/**
 * @param yaml whether the bytes are YAML, for a body that takes it; otherwise JSON
 * @throws LdfError `request.invalid`, or the body's own code
 */
export function readBodyText<Schema extends z.ZodType>(
  bytes: Uint8Array,
  yaml: boolean,
  reading: BodyReading<Schema>,
): z.output<Schema> {
  const { schema, code = 'request.invalid', what = 'The body', partCodes } = reading;
  const value = readValue(decode(bytes), yaml ? reading.yaml : undefined, reading.optional ?? false);
  refuseLargeForm(value, 'request.invalid');
  try {
    return parseWith(schema, value, code, what);
  } catch (error) {
    throw withPartCode(error, partCodes);
  }
}

function readValue(text: string, yaml: ((text: string) => unknown) | undefined, optional: boolean): unknown {
  if (yaml) return yaml(text);
  if (text.trim() !== '') return parseJson(text);
  if (optional) return {};
  throw new LdfError('request.invalid', 'The body is empty.', { hint: 'Send the value as application/json.' });
}

function withPartCode(error: unknown, partCodes: Readonly<Record<string, ErrorCode>> = {}): unknown {
  if (!(error instanceof LdfError)) return error;
  const { message, details } = error;
  const codeOf = (part = '') => (Object.hasOwn(partCodes, part) ? partCodes[part] : undefined);
  const [code, ...others] = new Set(details.map(({ pointer }) => codeOf(pointer.split('/')[1])));
  return code === undefined || others.length > 0 ? error : new LdfError(code, message, { details });
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LdfError('request.invalid', 'The body is not UTF-8.', { hint: 'Encode it as UTF-8.', cause });
  }
}

/** @throws LdfError `request.invalid` with line and column. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = findJsonError(text);
    const where = problem ? ` at line ${problem.line}, column ${problem.column}: ${problem.expected} was expected` : '';
    throw new LdfError('request.invalid', `The body is not valid JSON${where}.`, { cause });
  }
}
