/** The documents that derive from schemas: path → text. */
import { componentJsonSchema } from '../src/catalog/json-schema.ts';
import { definitionJsonSchema } from '../src/definition/json-schema.ts';
import { definitionReference } from '../src/definition/reference.ts';

export function generatedDocs(): Record<string, string> {
  return {
    'docs/definition.md': definitionReference(),
    'docs/definition.schema.json': `${JSON.stringify(definitionJsonSchema(), null, 2)}\n`,
    'docs/component.schema.json': `${JSON.stringify(componentJsonSchema(), null, 2)}\n`,
  };
}
