/** The JSON Schema that editors use to complete and check a component file. */
import * as z from 'zod';
import { architectures } from '../architecture.ts';
import { isRecord } from '../is-record.ts';
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
        implies({ kind, use }, kind === 'kernel' ? seriesSchema(use, params) : { params: paramsSchema(params) }),
      ),
    ]),
  };
}

/** What a kernel's component says of its part for all series, and what for one; a value may differ between architectures. */
function seriesSchema(use: string, params: z.ZodType): Record<string, unknown> {
  const { properties, required: _required, ...schema } = paramsSchema(params);
  const values = Object.entries(isRecord(properties) ? properties : {}).map(([name, value]) => {
    const byArchitecture = Object.fromEntries(architectures.map((arch) => [arch, value]));
    return [name, { anyOf: [value, { type: 'object', properties: byArchitecture, additionalProperties: false }] }];
  });
  const own = { ...schema, properties: Object.fromEntries(values) };
  const series = {
    properties: { use: { enum: Object.keys(partParams[partKinds.kernel]) } },
    anyOf: [{ properties: { use: { not: { const: use } } }, required: ['use'] }, { properties: { params: own } }],
  };
  return { params: own, kernelSeries: { items: series } };
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
