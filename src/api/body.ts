/** Request bodies: documented and checked by one schema each, read in one way, every mistake named with its place. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { LdfError } from '../errors.ts';
import { type BodyReading, readBodyText } from './body-text.ts';
import { type DocumentName, type DocumentOf, type DocumentReader, documents } from './documents.ts';
import { bodySchemas, componentRef } from './openapi.ts';

const jsonTypes = /^application\/([a-z.-]+\+)?json$/;
const yamlTypes = ['application/yaml', 'application/x-yaml', 'text/yaml'];

/** For the `body` of a route. It names the schema rather than giving it, so that reading is left to `read`. */
interface Documented {
  required: boolean;
  content: Record<string, { schema: { $ref: string } | { type: 'string' } }>;
}

export interface Body<Value> {
  documented: Documented;
  /** @throws LdfError `request.invalid`, `media-type.unsupported`, or the body's own code. */
  read(c: Context): Promise<Value>;
}

export interface DocumentBody<Value> {
  documented: Documented;
  /** @throws LdfError as `Body.read` does, and `request.too-costly`, `queue.full`. */
  read(c: Context, reader: DocumentReader): Promise<Value>;
}

/** Describes a small JSON body. */
export function jsonBody<Schema extends z.ZodType>(
  options: Omit<BodyReading<Schema>, 'yaml'> & {
    /** Name of the schema in the OpenAPI document. */
    name: string;
  },
): Body<z.output<Schema>> {
  const { name, schema, optional = false } = options;
  return {
    documented: document(name, schema, optional, false),
    async read(c) {
      const bytes = await c.req.arrayBuffer();
      requireType(c, bytes, false);
      return readBodyText(new Uint8Array(bytes), false, options);
    },
  };
}

/** Describes a body that holds what people write, as JSON or YAML. @param documentedAs the schema that it comes to in the end */
export function documentBody<Name extends DocumentName>(
  name: Name,
  documentedAs: z.ZodType,
): DocumentBody<DocumentOf<Name>> {
  return {
    documented: document(name, documentedAs, false, 'yaml' in documents[name]),
    async read(c, reader) {
      const bytes = await c.req.arrayBuffer();
      requireType(c, bytes, true);
      return reader.body(name, new Uint8Array(bytes), isYaml(c));
    },
  };
}

function document(name: string, schema: z.ZodType, optional: boolean, yaml: boolean): Documented {
  bodySchemas.add(schema, { id: name });
  return {
    required: !optional,
    content: {
      'application/json': { schema: componentRef(name) },
      ...(yaml ? { 'application/yaml': { schema: { type: 'string' } } } : {}),
    },
  };
}

/** @throws LdfError `media-type.unsupported`; an empty body needs no type. */
function requireType(c: Context, bytes: ArrayBuffer, yaml: boolean): void {
  const type = mediaType(c);
  if (jsonTypes.test(type) || (yaml && isYaml(c)) || (type === '' && isBlank(bytes))) return;
  const accepted = yaml ? 'application/json or application/yaml' : 'application/json';
  throw new LdfError('media-type.unsupported', `A body of type ${type || '(none)'} is not understood here.`, {
    hint: `Set Content-Type to ${accepted}.`,
  });
}

function isBlank(bytes: ArrayBuffer): boolean {
  return new Uint8Array(bytes).every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

/** Whether a body is YAML rather than JSON. */
export function isYaml(c: Context): boolean {
  return yamlTypes.includes(mediaType(c));
}

function mediaType(c: Context): string {
  return (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
