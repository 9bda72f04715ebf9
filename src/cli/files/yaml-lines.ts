/** Finds the line of a YAML text that an error's JSON pointer means. */
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { ErrorDetail } from '../../errors.ts';

/** The details, each with `line N:` before its message where its pointer, or the nearest part of it that was written, leads to one. */
export function withLines(text: string, details: readonly ErrorDetail[]): ErrorDetail[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: false });
  return details.map((detail) => {
    const path = pathOf(detail.pointer);
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (!isNode(node) || !node.range) continue;
      return { ...detail, message: `line ${lineCounter.linePos(node.range[0]).line}: ${detail.message}` };
    }
    return detail;
  });
}

/** RFC 6901, backwards. */
function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
