/** docs/definition.md: every key of a definition, out of the schema itself. */
import { definitionJsonSchema } from './json-schema.ts';

interface Node {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  properties?: Record<string, Node>;
  required?: string[];
  items?: Node;
  anyOf?: Node[];
  additionalProperties?: boolean | Node;
}

/** Markdown: a table row for each key, nested keys by their path. */
export function definitionReference(): string {
  const rows = [...rowsOf(definitionJsonSchema() as Node, '')];
  return [
    '# The definition',
    '',
    'Every key that a definition may have. All but `name` and `arch` have a default that works; unknown keys are refused.',
    'In YAML, write versions and modes in quotes (`"1.0"`, `"0644"`), or they are read as numbers. In a file for the command line,',
    '`kernel.config.base` and an entry of `kernel.config.fragments` or `kernel.patches` may be `file: PATH` alone; a base beginning with',
    '`./` is the path of a .config, too.',
    'Made from the schema by `npm run docs`; the JSON Schema for editors is [definition.schema.json](definition.schema.json).',
    '',
    '| key | what it takes | default | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function* rowsOf(node: Node, path: string): Generator<string> {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const at = path === '' ? key : `${path}.${key}`;
    if (child.properties && !child.anyOf) {
      yield* rowsOf(child, at);
      continue;
    }
    yield row(at, child, node.required?.includes(key) ?? false);
    if (child.items?.properties) yield* rowsOf(child.items, `${at}[]`);
  }
}

function row(path: string, node: Node, required: boolean): string {
  const fallback =
    node.default === undefined || isEmpty(node.default) ? (required ? '**required**' : '') : code(node.default);
  return `| \`${path}\` | ${takes(node)} | ${fallback} | ${node.description ?? ''} |`.replaceAll('\n', ' ');
}

/** In words what values a key takes. */
function takes(node: Node): string {
  if (node.anyOf) return node.anyOf.map(takes).join(' or ');
  if (node.enum) return node.enum.map(code).join(', ');
  if (node.const !== undefined) return code(node.const);
  if (node.type === 'array') return node.items?.properties ? 'list of mappings' : `list of ${takes(node.items ?? {})}`;
  if (node.type === 'object') {
    if (node.properties) return `mapping with ${Object.keys(node.properties).map(code).join(', ')}`;
    return 'mapping';
  }
  return String(node.type ?? 'any');
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
