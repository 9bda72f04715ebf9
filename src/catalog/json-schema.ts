/** The JSON Schema that editors use to complete and check a component file. */
import * as z from 'zod';
import { Component } from './component.ts';

export function componentJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(Component, { io: 'input', target: 'draft-2020-12' }), title: 'LDF component' };
}
