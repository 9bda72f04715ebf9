/** What an OpenAPI document offers: its operations, with the schemas of what each takes. */
import * as z from 'zod';

/** A JSON Schema as the document has it; only what the generator reads is named. */
export interface JsonSchema {
  $ref?: string | undefined;
  type?: string | string[] | undefined;
  enum?: unknown[] | undefined;
  const?: unknown;
  anyOf?: JsonSchema[] | undefined;
  oneOf?: JsonSchema[] | undefined;
  allOf?: JsonSchema[] | undefined;
  properties?: Record<string, JsonSchema> | undefined;
  required?: string[] | undefined;
  additionalProperties?: boolean | JsonSchema | undefined;
  items?: JsonSchema | boolean | undefined;
  maxItems?: number | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  pattern?: string | undefined;
  maxLength?: number | undefined;
}

const Schema = z.custom<JsonSchema>((value) => typeof value === 'object' && value !== null);

const Parameter = z.object({ in: z.enum(['path', 'query', 'header', 'cookie']), name: z.string(), schema: Schema });

const OperationObject = z.object({
  parameters: z.array(Parameter).default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: Schema.optional() })) }).optional(),
});

const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), OperationObject)),
  components: z.object({ schemas: z.record(z.string(), Schema).default({}) }).default({ schemas: {} }),
});

export type Parameter = z.infer<typeof Parameter>;

export interface Operation {
  method: string;
  path: string;
  parameters: Parameter[];
  /** Media type → schema; undefined where the operation takes no body. */
  body: Record<string, JsonSchema | undefined> | undefined;
}

export interface ApiDocument {
  operations: Operation[];
  schemas: Record<string, JsonSchema>;
}

/** @throws ZodError for what is no OpenAPI document. */
export function readDocument(json: unknown): ApiDocument {
  const { paths, components } = Document.parse(json);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body:
        requestBody &&
        Object.fromEntries(Object.entries(requestBody.content).map(([type, { schema }]) => [type, schema])),
    })),
  );
  return { operations, schemas: components.schemas };
}
