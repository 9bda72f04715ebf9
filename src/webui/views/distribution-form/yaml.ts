/** A definition as YAML and back. Loaded when it is first needed. */
import { stringify } from 'yaml';
import { readMapping, type TextProblem } from '../../parts/yaml-text.ts';
import type { Draft } from './draft.ts';

export function toYaml(draft: Draft): string {
  return Object.keys(draft).length === 0 ? '' : stringify(draft, { lineWidth: 0 });
}

/** The definition that a text holds, or what is wrong with the text. */
export function fromYaml(text: string): { draft: Draft } | { problems: TextProblem[] } {
  const { value, problems } = readMapping(text);
  return value ? { draft: value } : { problems };
}
