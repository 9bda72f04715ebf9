/** A YAML text brought to what the form says: only what differs is changed, so that comments, order and style stay. Pure. */
import { type Document, isAlias, isSeq, parseDocument, visit } from 'yaml';
import { isRecord } from '../../../is-record.ts';
import { type Draft, type Path, same } from './draft.ts';
import { fromYaml, toYaml } from './yaml.ts';

/** @param text what was typed, imported or begun with; without one, the draft is written anew */
export function withDraft(text: string | undefined, draft: Draft): string {
  if (text === undefined) return toYaml(draft);
  const read = fromYaml(text);
  if ('problems' in read) return toYaml(draft);
  if (same(read.draft, draft)) return text;
  const document = parseDocument(text, { logLevel: 'error' });
  // An alias says one thing in several places; a change is about one of them.
  if (hasAliases(document)) return toYaml(draft);
  change(document, [], read.draft, draft);
  return document.toString({ lineWidth: 0 });
}

function hasAliases(document: Document): boolean {
  let found = false;
  visit(document, (_key, node) => {
    if (!isAlias(node)) return undefined;
    found = true;
    return visit.BREAK;
  });
  return found;
}

function change(document: Document, path: Path, before: unknown, after: unknown): void {
  if (same(before, after)) return;
  if (isRecord(before) && isRecord(after)) {
    changeMapping(document, path, before, after);
    return;
  }
  const node = document.getIn(path, true);
  if (Array.isArray(before) && Array.isArray(after) && isSeq(node)) changeList(document, path, { node, before, after });
  else document.setIn(path, asNode(document, after));
}

function changeMapping(
  document: Document,
  path: Path,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): void {
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) document.deleteIn([...path, key]);
  for (const [key, value] of Object.entries(after)) {
    if (Object.hasOwn(before, key)) change(document, [...path, key], before[key], value);
    else document.setIn([...path, key], asNode(document, value));
  }
}

interface Lists {
  node: { items: unknown[] };
  before: readonly unknown[];
  after: readonly unknown[];
}

/** What both begin and end with stays as it stands; between, entries are changed in place, added and taken out. */
function changeList(document: Document, path: Path, { node, before, after }: Lists): void {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && same(before[head], after[head])) head++;
  let tail = 0;
  while (tail < shorter - head && same(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  const inPlace = shorter - head - tail;
  for (let index = head; index < head + inPlace; index++)
    change(document, [...path, index], before[index], after[index]);
  const added = after.slice(head + inPlace, after.length - tail).map((value) => document.createNode(value));
  node.items.splice(head + inPlace, before.length - tail - head - inPlace, ...added);
}

/** A plain value takes the place of another with its comment and quotes; what holds more has to be a node. */
function asNode(document: Document, value: unknown): unknown {
  return value !== null && typeof value === 'object' ? document.createNode(value) : value;
}
