/** What may stand at a place of a definition's YAML, by its schema: keys that are not there yet, and values where these are known. Pure. */

import { isRecord } from '../../../is-record.ts';
import type { ListedComponent } from '../../../model/component.ts';
import type { Completion } from '../../parts/completion.ts';
import type { SchemaNode } from './schema.ts';

/** The step into any item of a list; no key of a definition is empty. */
const item = '';

interface Line {
  /** Columns of hyphens that begin items. */
  hyphens: readonly number[];
  /** Where the key or the value begins. */
  column: number;
  key: string | undefined;
  /** What stands behind the colon; the whole where there is no key. */
  value: string;
}

/** @param at the caret, as an offset into the text; nothing is offered before the end of a line's text */
export function completionsAt(
  text: string,
  at: number,
  schema: SchemaNode,
  components: readonly Pick<ListedComponent, 'kind' | 'name' | 'title'>[],
): Completion[] {
  const end = text.indexOf('\n', at);
  if (text.slice(at, end < 0 ? undefined : end).trim() !== '') return [];
  const lines = text.slice(0, at).split('\n');
  const line = readLine(lines.at(-1) ?? '');
  if (!line) return [];
  const steps = stepsTo(lines.slice(0, -1), line);
  const around = nodeIn(schema, steps);
  if (line.key !== undefined) {
    const node = around && propertiesOf(around)[line.key];
    return node ? offered(valuesOf(node, components), line.value, at, '') : [];
  }
  const keys = around ? propertiesOf(around) : {};
  const present = siblingsOf(text, lines.length - 1, line.column);
  const missing = Object.entries(keys).filter(([key]) => !present.has(key));
  const asKeys = missing.map(([key, node]) => ({ word: key, about: aboutOf(node), goesOn: behindKey(node) }));
  const asItems = around && line.hyphens.length > 0 ? valuesOf(around, components) : [];
  return [...offered(asKeys, line.value, at, ' '.repeat(line.column)), ...offered(asItems, line.value, at, '')];
}

interface Offer {
  word: string;
  about: string;
  /** What is written behind it. */
  goesOn?: 'value' | 'mapping' | 'list' | undefined;
}

/** Those that go on from what is typed, or hold it. */
function offered(offers: readonly Offer[], typed: string, at: number, indent: string): Completion[] {
  const wanted = typed.toLowerCase();
  const behind = { value: ': ', mapping: `:\n${indent}  `, list: `:\n${indent}  - ` };
  return offers
    .filter(({ word }) => word !== typed && word.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a, wanted) - rank(b, wanted))
    .map(({ word, about, goesOn }) => ({
      word,
      about,
      from: at - typed.length,
      text: word + (goesOn ? behind[goesOn] : ''),
    }));
}

function rank({ word }: Offer, wanted: string): number {
  return word.toLowerCase().startsWith(wanted) ? 0 : 1;
}

function behindKey(node: SchemaNode): Offer['goesOn'] {
  if (node.type === 'array') return 'list';
  return node.type === 'object' ? 'mapping' : 'value';
}

function aboutOf({ description = '' }: SchemaNode): string {
  return description.replaceAll('`', '');
}

function valuesOf(node: SchemaNode, components: Parameters<typeof completionsAt>[3]): Offer[] {
  if (node.componentKind !== undefined)
    return components
      .filter(({ kind }) => kind === node.componentKind)
      .map(({ name, title }) => ({ word: name, about: title }));
  if (node.type === 'boolean') return ['true', 'false'].map((word) => ({ word, about: '' }));
  const named = node.enum ?? node.anyOf?.flatMap((one) => one.enum ?? []) ?? [];
  if (named.length > 0) return named.map((word) => ({ word: String(word), about: '' }));
  return typeof node.default === 'string' && node.default !== '' ? [{ word: node.default, about: 'the default' }] : [];
}

function propertiesOf(node: SchemaNode): Record<string, SchemaNode> {
  return node.properties ?? Object.assign({}, ...(node.anyOf ?? []).map(({ properties }) => properties ?? {}));
}

function nodeIn(schema: SchemaNode, steps: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema;
  for (const step of steps) {
    if (!node) return undefined;
    if (step !== item) node = propertiesOf(node)[step] ?? restOf(node);
    // A list of components has no schema of its items: the node itself says their kind.
    else node = node.componentKind === undefined ? (node.items ?? node.anyOf?.find(({ items }) => items)?.items) : node;
  }
  return node;
}

function restOf({ additionalProperties }: SchemaNode): SchemaNode | undefined {
  return isRecord(additionalProperties) ? additionalProperties : undefined;
}

/** The way from the root to the mapping or list that a line stands in, by the indentation of those above. */
function stepsTo(above: readonly string[], { hyphens, column }: Line): string[] {
  const steps: string[] = hyphens.map(() => item);
  let limit = hyphens[0] ?? column;
  let inList = hyphens.length > 0;
  for (const written of above.toReversed()) {
    const line = readLine(written);
    if (line?.key === undefined) continue;
    const [hyphen] = line.hyphens;
    const isSibling = line.column === limit && !inList;
    const isParent = line.column < limit || (line.column === limit && inList && hyphen === undefined);
    if (isParent) steps.unshift(line.key);
    if (isParent || isSibling) [limit, inList] = [line.column, false];
    if ((isParent || isSibling) && hyphen !== undefined) {
      steps.unshift(...line.hyphens.map(() => item));
      [limit, inList] = [hyphen, true];
    }
  }
  return steps;
}

/** Keys of the mapping that a line stands in: those at its column, up and down to what is further out. */
function siblingsOf(text: string, row: number, column: number): Set<string> {
  const lines = text.split('\n').map(readLine);
  const found = new Set<string>();
  const collect = (some: readonly (Line | undefined)[]) => {
    for (const line of some) {
      if (!line) continue;
      if (line.column < column) return;
      if (line.column === column && line.key !== undefined) found.add(line.key);
      if (line.column === column && line.hyphens.length > 0) return;
    }
  };
  if (lines[row]?.hyphens.length === 0) collect(lines.slice(0, row).toReversed());
  collect(lines.slice(row + 1).filter((line) => line?.hyphens.length === 0 || (line?.column ?? 0) < column));
  return found;
}

/** Undefined for comments, and for an empty line above the caret. */
function readLine(written: string): Line | undefined {
  const match = /^( *)((?:- +)*)(.*)$/.exec(written);
  if (!match) return undefined;
  const [, indent = '', dashes = '', rest = ''] = match;
  if (rest.startsWith('#')) return undefined;
  const column = indent.length + dashes.length;
  const hyphens = [...dashes.matchAll(/-/g)].map(({ index }) => indent.length + index);
  const pair = /^([A-Za-z][\w-]*):(?: +(.*)|)$/.exec(rest);
  if (pair) return { hyphens, column, key: pair[1], value: pair[2] ?? '' };
  return { hyphens, column, key: undefined, value: rest };
}
