/** The JSON Schema that editors use to complete and check `distro.yaml`. */
import * as z from 'zod';
import { Definition } from './definition.ts';

/** JSON Schema 2020-12 of a definition as it may be written (defaults optional, unknown keys refused). */
export function definitionJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(Definition, { io: 'input', target: 'draft-2020-12' }),
    title: 'LDF distribution definition',
  };
}
