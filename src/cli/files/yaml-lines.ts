/** Finds the line of a YAML text that an error's JSON pointer means. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { type ErrorDetail, pointerKeys } from '../../errors.ts';

/**
 * The details in the order of their lines, each with `line N:` before its message where its pointer, or the nearest part
 * of it that was written, leads to one. Those without a line come last.
 */
export function withLines(text: string, details: readonly ErrorDetail[]): ErrorDetail[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: false });
  const placed = details.map((detail) => {
    const offset = offsetOf(document, pointerKeys(detail.pointer));
    return offset === undefined ? { detail, offset: Number.POSITIVE_INFINITY } : { detail, offset };
  });
  return placed
    .sort((a, b) => (a.offset === b.offset ? 0 : a.offset - b.offset))
    .map(({ detail, offset }) =>
      Number.isFinite(offset)
        ? { ...detail, message: `line ${lineCounter.linePos(offset).line}: ${detail.message}` }
        : detail,
    );
}

/** Where the key, or the entry of a list, begins. */
function offsetOf(document: Document, path: readonly string[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const holder = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (isMap(holder)) {
      const pair = holder.items.find(({ key }) => isScalar(key) && String(key.value) === path[length - 1]);
      if (pair && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
