/** The documents that derive from schemas, and the picture that derives from the imports: path → text. */
import { componentJsonSchema } from '../src/catalog/json-schema.ts';
import { definitionJsonSchema } from '../src/definition/json-schema.ts';
import { definitionReference } from '../src/definition/reference.ts';
import { drawArchitecture } from './architecture/draw.ts';

export function generatedDocs(): Record<string, string> {
  return {
    'docs/definition.md': definitionReference(),
    'docs/definition.schema.json': `${JSON.stringify(definitionJsonSchema(), null, 2)}\n`,
    'docs/architecture.svg': drawArchitecture(),
    'docs/component.schema.json': `${JSON.stringify(componentJsonSchema(), null, 2)}\n`,
  };
}
