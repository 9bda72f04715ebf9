/** A component as YAML and back, and the lines that faults are on. Pure; loaded when a component is opened. */
import { isMap, isNode, LineCounter, parseDocument, stringify } from 'yaml';
import { withoutEmpty } from './contributions.ts';

/** What the API found fault with, or the YAML parser. */
export interface Fault {
  message: string;
  /** From 1; undefined when it is about the whole. */
  line: number | undefined;
  hint?: string | undefined;
}

export function toYaml(spec: Readonly<Record<string, unknown>>): string {
  return stringify(withoutEmpty(spec), { lineWidth: 120 });
}

type Read = { value: Record<string, unknown>; faults: [] } | { value: undefined; faults: Fault[] };

/** The value of a text, or the faults of its syntax. */
export function readYaml(text: string): Read {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, message }));
  if (faults.length > 0) return { value: undefined, faults };
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (isMap(document.contents) && typeof value === 'object' && value !== null)
    return { value: { ...value }, faults: [] };
  return { value: undefined, faults: [{ line: 1, message: 'The text must be a mapping of keys to values.' }] };
}

interface Detail {
  pointer: string;
  message: string;
  hint?: string | undefined;
}

/** Faults that the server names by JSON pointer, at the line of the key or, where that is missing, of what it is missing in. */
export function placeFaults(text: string, details: readonly Detail[]): Fault[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  return details.map(({ pointer, message, hint }) => {
    const keys = pointer.split('/').slice(1).map(plainKey);
    const line = lineOf(keys);
    const about = keys.length > 0 ? `${keys.join('.')} ${message}` : message;
    return { line, message: about, ...(hint === undefined ? {} : { hint }) };
  });

  function lineOf(keys: readonly string[]): number | undefined {
    for (let depth = keys.length; depth > 0; depth--) {
      const parent = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1).map(index), true);
      const key = keys[depth - 1] ?? '';
      const pair = isMap(parent) ? parent.items.find(({ key: one }) => isNode(one) && String(one) === key) : undefined;
      const node = pair ? pair.key : document.getIn(keys.slice(0, depth).map(index), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  }
}

/** Items of lists are numbers in YAML's own paths. */
const index = (key: string) => (/^[0-9]+$/.test(key) ? Number(key) : key);

/** RFC 6901. */
const plainKey = (key: string) => key.replaceAll('~1', '/').replaceAll('~0', '~');
