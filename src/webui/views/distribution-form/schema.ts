/** The definition's JSON Schema as the form reads it: what a key is, how it is asked for, and what it is called. */
import * as z from 'zod';
import { isRecord } from '../../../is-record.ts';
import type { Path } from './draft.ts';

export interface SchemaNode {
  type?: string | undefined;
  title?: string | undefined;
  description?: string | undefined;
  default?: unknown;
  enum?: readonly unknown[] | undefined;
  pattern?: string | undefined;
  minItems?: number | undefined;
  maxLength?: number | undefined;
  properties?: Record<string, SchemaNode> | undefined;
  required?: readonly string[] | undefined;
  items?: SchemaNode | undefined;
  anyOf?: readonly SchemaNode[] | undefined;
  additionalProperties?: SchemaNode | boolean | undefined;
  /** An annotation of ours: the key names a component of that kind. */
  componentKind?: string | undefined;
  /** With it: the key names one that an image is for as a whole. */
  targets?: boolean | undefined;
  /** Another: what a form takes the value from: a `password`, `keys`, a `file`, a file of the `source` store, an index of `packages`, or an editor of `partitions`. */
  input?: string | undefined;
}

export const SchemaNode: z.ZodType<SchemaNode> = z.looseObject({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  minItems: z.number().optional(),
  maxLength: z.number().optional(),
  get properties() {
    return z.record(z.string(), SchemaNode).optional();
  },
  required: z.array(z.string()).optional(),
  get items() {
    return SchemaNode.optional();
  },
  get anyOf() {
    return z.array(SchemaNode).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), SchemaNode]).optional();
  },
  componentKind: z.string().optional(),
  targets: z.boolean().optional(),
  input: z.string().optional(),
});

export const widgets = [
  'components',
  'choice',
  'switch',
  'password',
  'packages',
  'line',
  'text',
  'tags',
  'list',
  'group',
  'map',
  'partitions',
  'variant',
  'other',
] as const;
export type Widget = (typeof widgets)[number];

/** A text that may be this long is more than a line. */
const longText = 10_000;

export function widgetOf(node: SchemaNode): Widget {
  if (node.componentKind !== undefined) return 'components';
  if (node.input === 'password' || node.input === 'packages' || node.input === 'partitions') return node.input;
  if (node.enum) return 'choice';
  if (node.anyOf) return variantsOf(node) ? 'variant' : 'other';
  switch (node.type) {
    case 'boolean':
      return 'switch';
    case 'string':
      return !node.pattern && (node.maxLength ?? 0) > longText ? 'text' : 'line';
    case 'array':
      if (node.items?.type === 'string') return 'tags';
      return node.items?.properties ? 'list' : 'other';
    case 'object':
      if (node.properties) return 'group';
      return isRecord(node.additionalProperties) ? 'map' : 'other';
    default:
      return 'other';
  }
}

/** Whether a key may have a list of components: it has nothing else, or one name alone as well. */
export function takesSeveral({ type, anyOf = [] }: SchemaNode): boolean {
  return type === 'array' || anyOf.some((one) => one.type === 'array');
}

/** What ends an entry of a list while it is typed or pasted: a space too, where an entry cannot hold one. */
export function separatorsOf({ items }: SchemaNode): string[] {
  const { pattern } = items ?? {};
  const holdsSpaces = pattern === undefined || ['a b', 'a="b c",d'].some((entry) => new RegExp(pattern).test(entry));
  return holdsSpaces ? ['\n'] : ['\n', ' ', ','];
}

/** Entries as they are meant, however they came in. */
export function splitEntries(entries: readonly string[], separators: readonly string[]): string[] {
  const parts = separators.reduce<readonly string[]>(
    (all, separator) => all.flatMap((one) => one.split(separator)),
    entries,
  );
  return [...new Set(parts.map((one) => one.trim()).filter(Boolean))];
}

/** Names to choose from, or a mapping of one's own in their place. */
export function variantsOf(node: SchemaNode): { names: string[]; own: SchemaNode } | undefined {
  const names = node.anyOf?.flatMap((one) => one.enum ?? []).map(String) ?? [];
  const own = node.anyOf?.find((one) => one.properties);
  return own && names.length > 0 ? { names, own } : undefined;
}

/** The node of a path; undefined where the schema says nothing. */
export function nodeAt(root: SchemaNode, path: Path): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const key of path) node = typeof key === 'number' ? node?.items : node?.properties?.[key];
  return node;
}

/** Where components of a kind are named: the paths of the schema that say so. */
export function componentPaths(root: SchemaNode, path: readonly string[] = []): { kind: string; path: string[] }[] {
  if (root.componentKind !== undefined) return [{ kind: root.componentKind, path: [...path] }];
  return Object.entries(root.properties ?? {}).flatMap(([key, node]) => componentPaths(node, [...path, key]));
}

const acronyms: Readonly<Record<string, string>> = { ssh: 'SSH', arch: 'architecture', config: 'configuration' };

/** `sshKeys` → `SSH keys`. */
export function labelOf(key: string | number): string {
  const words = String(key)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ')
    .map((word) => acronyms[word] ?? word)
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
