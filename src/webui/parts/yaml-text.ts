/** A YAML text with the lines that its problems are on. Pure; loaded with the editor, for the parser is large. */
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { pointerKeys } from '../../errors.ts';

/** What the API found fault with, or the YAML parser. */
export interface TextProblem {
  message: string;
  /** From 1; undefined when it is about the whole. */
  line: number | undefined;
  hint?: string | undefined;
}

type Read = { value: Record<string, unknown>; problems: [] } | { value: undefined; problems: TextProblem[] };

/** The mapping that a text holds, or what is wrong with the text. One without any content has no keys. */
export function readMapping(text: string): Read {
  const { document, lines } = parsed(text);
  const problems = document.errors.map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, message }));
  if (problems.length > 0) return { value: undefined, problems };
  if (document.contents === null) return { value: {}, problems: [] };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (isMap(document.contents) && typeof value === 'object' && value !== null)
      return { value: { ...value }, problems: [] };
  } catch (error) {
    // Aliases to nothing, and too many of them, show only now.
    const message = error instanceof Error ? error.message : String(error);
    return { value: undefined, problems: [{ line: undefined, message }] };
  }
  return { value: undefined, problems: [{ line: 1, message: 'The text must be a mapping of keys to values.' }] };
}

interface Detail {
  pointer: string;
  message: string;
  hint?: string | undefined;
}

/** Problems that the server names by JSON pointer, at the line of the key or, where that is missing, of what it is missing in. */
export function placeProblems(text: string, details: readonly Detail[]): TextProblem[] {
  const { document, lines } = parsed(text);
  return details.map(({ pointer, message, hint }) => {
    const keys = pointerKeys(pointer);
    const about = keys.length > 0 ? `${keys.join('.')} ${message}` : message;
    return { line: lineOf(document, lines, keys), message: about, ...(hint === undefined ? {} : { hint }) };
  });
}

/** The line, from 1, of what a JSON pointer leads to, or of the nearest around it. */
export function lineOfPointer(text: string, pointer: string): number | undefined {
  const { document, lines } = parsed(text);
  return lineOf(document, lines, pointerKeys(pointer));
}

function lineOf(document: Document, lines: LineCounter, keys: readonly string[]): number | undefined {
  for (let depth = keys.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1).map(index), true);
    const key = keys[depth - 1] ?? '';
    const pair = isMap(parent) ? parent.items.find(({ key: one }) => isNode(one) && String(one) === key) : undefined;
    const node = pair ? pair.key : document.getIn(keys.slice(0, depth).map(index), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

function parsed(text: string): { document: Document; lines: LineCounter } {
  const lines = new LineCounter();
  return { document: parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' }), lines };
}

/** Items of lists are numbers in YAML's own paths. */
const index = (key: string) => (/^[0-9]+$/.test(key) ? Number(key) : key);
