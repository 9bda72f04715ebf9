/** A definition as YAML and back, with the lines of its keys. Loaded when it is first needed. */
import { type Document, isMap, isNode, LineCounter, parseDocument, stringify } from 'yaml';
import { type Draft, isRecord } from './draft.ts';
import type { Fault } from './faults.ts';

export interface LineFault {
  /** From 1; null when it cannot be told. */
  line: number | null;
  message: string;
}

export function toYaml(draft: Draft): string {
  return Object.keys(draft).length === 0 ? '' : stringify(draft, { lineWidth: 0 });
}

/** The definition that a text holds, or what is wrong with the text. */
export function fromYaml(text: string): { draft: Draft } | { faults: LineFault[] } {
  const { document, lines } = parsed(text);
  if (document.errors.length > 0)
    return {
      faults: document.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        message: error.message.split('\n')[0] ?? error.message,
      })),
    };
  if (document.contents === null) return { draft: {} };
  if (!isMap(document.contents)) return { faults: [{ line: 1, message: 'This must be a mapping of keys to values.' }] };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return isRecord(value) ? { draft: value } : { faults: [{ line: 1, message: 'This must be a mapping.' }] };
  } catch (error) {
    return { faults: [{ line: null, message: error instanceof Error ? error.message : String(error) }] };
  }
}

/** The server's faults, each at the line of its key or of the nearest key above it. */
export function faultLines(text: string, faults: readonly Fault[]): LineFault[] {
  const { document, lines } = parsed(text);
  return faults.map(({ pointer, message, hint }) => ({
    line: lineOf(document, lines, pointer),
    message: `${pointer.slice(1).replaceAll('/', '.')} ${message}${hint ? `. ${hint}` : ''}`.trim(),
  }));
}

function lineOf(document: Document, lines: LineCounter, pointer: string): number | null {
  const path = pointer.split('/').slice(1).map(unescaped);
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}

function unescaped(part: string): string | number {
  return /^[0-9]+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function parsed(text: string): { document: Document; lines: LineCounter } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  return { document, lines };
}
