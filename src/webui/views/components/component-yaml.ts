/** A component as YAML. Loaded when a component is opened. */
import { stringify } from 'yaml';
import { withoutEmpty } from './contributions.ts';

export function toYaml(spec: Readonly<Record<string, unknown>>): string {
  return stringify(withoutEmpty(spec), { lineWidth: 120 });
}
