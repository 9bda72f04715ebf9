/**
 * Bounds on the form of what is sent, before anything looks into it: how deep it nests, and of how many values it is.
 * Parsers, checks and messages walk it recursively: a short text of brackets ends the process, since V8 does not survive
 * every overflow of the stack. And the work that a text makes goes by the number of its values rather than by its bytes.
 */
import { Lexer, Parser } from 'yaml';
import { type ErrorCode, jsonPointer, LdfError } from '../errors.ts';

/** Definitions and components need 8, locks 5. */
export const maxDepth = 64;
/** Values of a document, keys not counted: a lock of 10,000 packages has 80,000, a definition as long as may be 50,000. */
export const maxValues = 200_000;
/** Anchors, and also aliases, of a YAML text: each alias is looked for among all anchors. */
export const maxAnchors = 1_000;

/** Half of a pair that UTF-16 writes a character with: `\ud83d` in JSON and YAML can say it alone, UTF-8 cannot (RFC 3629, 3). */
const halfCharacter = /\p{Surrogate}/u;

interface Pending {
  value: unknown;
  depth: number;
  /** Where it stands. */
  key?: PropertyKey;
  parent?: Pending;
}

/**
 * @throws LdfError when a value nests deeper, has more values, contains itself, as YAML's aliases can make it do, or holds
 * text that no file can hold.
 */
export function refuseLargeForm(root: unknown, code: ErrorCode): void {
  const pending: Pending[] = [{ value: root, depth: 0 }];
  let values = 0;
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, depth } = next;
    if (value === null || typeof value !== 'object') continue;
    if (depth >= maxDepth) throw tooDeep(code);
    // Walked by their keys, long lists would cost a text for each of their items.
    const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const key of keys) {
      values += 1;
      if (values > maxValues) throw tooMany(code);
      const child: unknown = Reflect.get(value, key);
      if (typeof child === 'string' && halfCharacter.test(child))
        throw notUnicode({ value: child, depth, key, parent: next }, code);
      if (child !== null && typeof child === 'object')
        pending.push({ value: child, depth: depth + 1, key, parent: next });
    }
  }
}

/** Lexemes by their first character, which is how the lexer of `yaml` tells them (its `cst.tokenType`). */
const anchor = '&';
const alias = '*';
/** Each value has at least one of these before or after it: what divides entries, opens a flow collection or begins a block. */
const dividers: ReadonlySet<string> = new Set([':', '-', ',', '?', '[', '{']);

/**
 * @throws LdfError when a YAML text nests deeper, or has more values, anchors or aliases; problems of any other kind are left
 * to who parses it.
 */
export function refuseLargeYaml(text: string, code: ErrorCode): void {
  const parser = new Parser();
  // A level takes up to two of the tokens that are open, a map in a sequence and the like.
  const maxOpen = 2 * maxDepth;
  let anchors = 0;
  let aliases = 0;
  let values = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const first = lexeme[0] ?? '';
    if (first === anchor && ++anchors > maxAnchors) throw tooManyAnchors('anchors', code);
    if (first === alias && ++aliases > maxAnchors) throw tooManyAnchors('aliases', code);
    if (lexeme.length === 1 && dividers.has(first) && ++values > maxValues) throw tooMany(code);
    for (const _token of parser.next(lexeme));
    if (parser.stack.length > maxOpen) throw tooDeep(code);
  }
}

function notUnicode(at: Pending, code: ErrorCode): LdfError {
  const path: PropertyKey[] = [];
  for (let here: Pending | undefined = at; here?.key !== undefined; here = here.parent) path.unshift(here.key);
  return new LdfError(code, 'A text holds half of a character.', {
    hint: 'Write characters beyond U+FFFF as they are, or as both halves, such as \\ud83d\\udc27.',
    details: [{ pointer: jsonPointer(path), message: 'holds half of a surrogate pair, which UTF-8 cannot say' }],
  });
}

function tooManyAnchors(what: 'anchors' | 'aliases', code: ErrorCode): LdfError {
  return new LdfError(code, `The text has more than ${maxAnchors} ${what}.`, {
    hint: 'Write out what the aliases stand for.',
  });
}

function tooMany(code: ErrorCode): LdfError {
  return new LdfError(code, `The text has more than ${maxValues} values.`, {
    hint: 'Nothing that LDF takes needs as many: put large lists into a package or a file.',
  });
}

function tooDeep(code: ErrorCode): LdfError {
  return new LdfError(code, `The text nests deeper than ${maxDepth} levels.`, {
    hint: 'Nothing that LDF takes needs to: look for brackets that are not closed, or an alias that contains itself.',
  });
}
