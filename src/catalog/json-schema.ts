/** The JSON Schema that editors use to complete and check a component file. */
import * as z from 'zod';
import { Component } from './component.ts';
import { partKinds } from './component-parts.ts';
import { partParams } from './part-params.ts';

export function componentJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(Component, { io: 'input', target: 'draft-2020-12' }),
    title: 'LDF component',
    // Which parts there are, and what each of them takes.
    allOf: Object.entries(partKinds).flatMap(([kind, parts]) => [
      implies({ kind }, { use: { enum: Object.keys(partParams[parts]) } }),
      ...Object.entries(partParams[parts]).map(([use, params]) =>
        implies({ kind, use }, { params: paramsSchema(params) }),
      ),
    ]),
  };
}

/** A component that has these values has these properties. */
function implies(values: Readonly<Record<string, string>>, properties: Record<string, unknown>) {
  const constants = Object.entries(values).map(([key, value]) => [key, { const: value }]);
  const condition = { properties: Object.fromEntries(constants), required: Object.keys(values) };
  return { anyOf: [{ not: condition }, { properties }] };
}

function paramsSchema(params: z.ZodType): Record<string, unknown> {
  const { $schema: _schema, ...schema } = z.toJSONSchema(params, { io: 'input', target: 'draft-2020-12' });
  return schema;
}
