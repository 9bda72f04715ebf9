/** Request bodies: documented and checked by one schema each, read in one way, every mistake named with its place. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { refuseDeepValue } from '../definition/nesting.ts';
import { parseWith } from '../definition/parse.ts';
import { type ErrorCode, LdfError } from '../errors.ts';
import { findJsonFault } from './json-position.ts';
import { bodySchemas, componentRef } from './openapi.ts';

const jsonTypes = /^application\/([a-z.-]+\+)?json$/;
const yamlTypes = ['application/yaml', 'application/x-yaml', 'text/yaml'];

interface BodyOptions<Schema extends z.ZodType> {
  /** Name of the schema in the OpenAPI document. */
  name: string;
  schema: Schema;
  /** How the document describes the value, when a handler checks more of it than `schema` does. */
  documentedAs?: z.ZodType;
  /** The error code of a value the schema refuses. */
  code?: ErrorCode;
  /** The error code when every fault lies under one key, by that key. */
  partCodes?: Readonly<Record<string, ErrorCode>>;
  /** What the value is called in an error. */
  what?: string;
  /** An empty body counts as an empty object. */
  optional?: boolean;
  /** Also takes YAML: turns its text into what the schema takes. */
  yaml?: (text: string) => unknown;
}

export interface Body<Value> {
  /** For the `body` of a route. It names the schema rather than giving it, so that reading is left to `read`. */
  documented: { required: boolean; content: Record<string, { schema: { $ref: string } | { type: 'string' } }> };
  /** @throws LdfError `request.invalid`, `media-type.unsupported`, or the body's own code. */
  read(c: Context): Promise<Value>;
}

/** Describes a JSON body. */
export function jsonBody<Schema extends z.ZodType>(options: BodyOptions<Schema>): Body<z.output<Schema>> {
  const { name, schema, code = 'request.invalid', what = 'The body', optional = false, yaml } = options;
  bodySchemas.add(options.documentedAs ?? schema, { id: name });
  return {
    documented: {
      required: !optional,
      content: {
        'application/json': { schema: componentRef(name) },
        ...(yaml ? { 'application/yaml': { schema: { type: 'string' } } } : {}),
      },
    },
    async read(c) {
      const value = await readValue(c, optional, yaml);
      refuseDeepValue(value, 'request.invalid');
      try {
        return parseWith(schema, value, code, what);
      } catch (error) {
        throw withPartCode(error, options.partCodes);
      }
    },
  };
}

function withPartCode(error: unknown, partCodes: Readonly<Record<string, ErrorCode>> = {}): unknown {
  if (!(error instanceof LdfError)) return error;
  const { message, details } = error;
  const codeOf = (part = '') => (Object.hasOwn(partCodes, part) ? partCodes[part] : undefined);
  const [code, ...others] = new Set(details.map(({ pointer }) => codeOf(pointer.split('/')[1])));
  return code === undefined || others.length > 0 ? error : new LdfError(code, message, { details });
}

async function readValue(c: Context, optional: boolean, yaml: ((text: string) => unknown) | undefined) {
  const text = decode(await c.req.arrayBuffer());
  const type = mediaType(c);
  if (text.trim() === '' && (type === '' || jsonTypes.test(type))) {
    if (optional) return {};
    throw new LdfError('request.invalid', 'The body is empty.', { hint: 'Send the value as application/json.' });
  }
  if (jsonTypes.test(type)) return parseJson(text);
  if (yaml && isYaml(c)) return yaml(text);
  const accepted = yaml ? 'application/json or application/yaml' : 'application/json';
  throw new LdfError('media-type.unsupported', `A body of type ${type || '(none)'} is not understood here.`, {
    hint: `Set Content-Type to ${accepted}.`,
  });
}

function decode(bytes: ArrayBuffer): string {
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
    const fault = findJsonFault(text);
    const where = fault ? ` at line ${fault.line}, column ${fault.column}: ${fault.expected} was expected` : '';
    throw new LdfError('request.invalid', `The body is not valid JSON${where}.`, { cause });
  }
}

/** Whether a body is YAML rather than JSON. */
export function isYaml(c: Context): boolean {
  return yamlTypes.includes(mediaType(c));
}

function mediaType(c: Context): string {
  return (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
