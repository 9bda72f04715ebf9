/** The OpenAPI document as the page shows it: operations by tag, the command for each, and types in words. Pure. */
import * as z from 'zod';
import { isRecord } from '../../../is-record.ts';

const Schema = z.record(z.string(), z.unknown());
export type Schema = z.infer<typeof Schema>;

const Content = z.record(z.string(), z.object({ schema: Schema.default({}) }));

const Parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().default(false),
  description: z.string().default(''),
  schema: Schema.default({}),
});
export type Parameter = z.infer<typeof Parameter>;

const Response = z.object({ description: z.string(), content: Content.default({}) });

const Operation = z.object({
  tags: z.array(z.string()).default([]),
  summary: z.string().default(''),
  description: z.string().default(''),
  parameters: z.array(Parameter).default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), Response).default({}),
  /** Of several any one will do. */
  'x-scope': z
    .union([z.string(), z.array(z.string())])
    .default('public')
    .transform((scope) => [scope].flat().join(' or ')),
});

/** What the page needs of OpenAPI 3.1; anything else in the document is passed over. */
export const ApiDocument = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string().default('') }),
  tags: z.array(z.object({ name: z.string(), description: z.string().default('') })).default([]),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), Schema).default({}) }),
});
export type ApiDocument = z.infer<typeof ApiDocument>;

export interface ApiOperation extends z.infer<typeof Operation> {
  /** As in an address: `get-v1-builds-id`. */
  id: string;
  /** In upper case. */
  method: string;
  path: string;
}

export interface ApiGroup {
  name: string;
  description: string;
  operations: ApiOperation[];
}

/** In the order of the document's tags. HEAD is left out where there is a GET: it is the same without the body. */
export function groupsOf({ tags, paths }: ApiDocument): ApiGroup[] {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== 'head' || !('get' in item))
      .map(([method, operation]) => ({ ...operation, id: idOf(method, path), method: method.toUpperCase(), path })),
  );
  return tags
    .map(({ name, description }) => ({
      ...{ name, description },
      operations: operations.filter((operation) => operation.tags[0] === name),
    }))
    .filter((group) => group.operations.length > 0);
}

function idOf(method: string, path: string): string {
  return `${method}${path.replace(/[^a-z0-9]+/gi, '-')}`.replace(/-$/, '');
}

/** Those in which every word is found: in the path, the summary or the scope. */
export function searched(groups: readonly ApiGroup[], text: string): ApiGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return groups
    .map((group) => ({
      ...group,
      operations: group.operations.filter(({ method, path, summary, 'x-scope': scope }) => {
        const about = `${method} ${path} ${summary} ${scope}`.toLowerCase();
        return words.every((word) => about.includes(word));
      }),
    }))
    .filter(({ operations }) => operations.length > 0);
}

/** The operation as a command for a shell; what the caller has to fill in are variables, such as `$ID`. */
export function curlOf({ method, path, requestBody, 'x-scope': scope }: ApiOperation, origin: string): string {
  const address = origin + path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const type = Object.keys(requestBody?.content ?? {})[0];
  return [
    'curl',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(scope === 'public' ? [] : ['-H "Authorization: Bearer $(ldf token)"']),
    ...(type === undefined ? [] : [`-H 'content-type: ${type}' --data-binary @body`]),
    `"${address}"`,
  ].join(' ');
}

/** A piece of a type's description; `schema` names one of the document's schemas. */
export interface TypePart {
  text: string;
  schema?: string;
}

/** `string`, `array of Build`, `"raw" | "qcow2"`, `Failure | null`. */
export function typeOf(schema: Schema): TypePart[] {
  const { $ref: ref, type, items, enum: values, const: value, anyOf, oneOf, allOf } = schema;
  if (typeof ref === 'string') {
    const name = ref.slice(ref.lastIndexOf('/') + 1);
    return [{ text: name, schema: name }];
  }
  if (value !== undefined) return [{ text: JSON.stringify(value) }];
  if (Array.isArray(values)) return [{ text: values.map((one) => JSON.stringify(one)).join(' | ') }];
  const ways = [anyOf, oneOf, allOf].find((list) => Array.isArray(list));
  if (Array.isArray(ways))
    return ways
      .filter(isRecord)
      .flatMap((way, index) => [
        ...(index === 0 ? [] : [{ text: Array.isArray(allOf) ? ' & ' : ' | ' }]),
        ...typeOf(way),
      ]);
  if (type === 'array') return [{ text: 'array of ' }, ...typeOf(isRecord(items) ? items : {})];
  if (Array.isArray(type)) return [{ text: type.join(' | ') }];
  return [{ text: typeof type === 'string' ? type : 'any value' }];
}

export interface Property {
  name: string;
  type: TypePart[];
  required: boolean;
  description: string;
  /** Of an object that has no name of its own in the document. */
  properties: Property[];
}

/** Deeper objects are shown by their type alone. */
const maxDepth = 4;

/** What an object holds, or the objects of a list. */
export function propertiesOf(schema: Schema, depth = 0): Property[] {
  const { properties, items, required } = schema;
  if (depth >= maxDepth) return [];
  if (isRecord(items)) return propertiesOf(items, depth);
  if (!isRecord(properties)) return [];
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(properties).flatMap(([name, part]) =>
    isRecord(part)
      ? {
          name,
          type: typeOf(part),
          required: needed.includes(name),
          description: typeof part.description === 'string' ? part.description : '',
          properties: propertiesOf(part, depth + 1),
        }
      : [],
  );
}
