/**
 * A bound on how deep what is sent may nest. Parsers, checks and messages walk it recursively: without a bound a short
 * text of brackets ends the process, since V8 does not survive every overflow of the stack.
 */
import { Lexer, Parser } from 'yaml';
import { type ErrorCode, LdfError } from '../errors.ts';

/** Definitions and components need 8, locks 5. */
const maxDepth = 64;

/** @throws LdfError when a value nests deeper, or contains itself, as YAML's aliases can make it do. */
export function refuseDeepValue(root: unknown, code: ErrorCode): void {
  const pending: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, depth } = next;
    if (value === null || typeof value !== 'object') continue;
    if (depth >= maxDepth) throw tooDeep(code);
    for (const child of Object.values(value)) pending.push({ value: child, depth: depth + 1 });
  }
}

/** @throws LdfError when a YAML text nests deeper; faults of any other kind are left to who parses it. */
export function refuseDeepYaml(text: string, code: ErrorCode): void {
  const parser = new Parser();
  // A level takes up to two of the tokens that are open, a map in a sequence and the like.
  const maxOpen = 2 * maxDepth;
  for (const lexeme of new Lexer().lex(text)) {
    for (const _token of parser.next(lexeme));
    if (parser.stack.length > maxOpen) throw tooDeep(code);
  }
}

function tooDeep(code: ErrorCode): LdfError {
  return new LdfError(code, `The text nests deeper than ${maxDepth} levels.`, {
    hint: 'Nothing that LDF takes needs to: look for brackets that are not closed, or an alias that contains itself.',
  });
}
