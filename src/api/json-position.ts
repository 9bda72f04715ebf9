/** Where a text stops being JSON. JSON.parse tells for some mistakes only, and by position rather than by line. */

const space = /[ \t\r\n]*/y;
const bareScalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

type Expected =
  | 'a value'
  | 'a value or ]'
  | 'a key or }'
  | 'a key'
  | 'a colon'
  | 'a comma or ]'
  | 'a comma or }'
  | 'the end';

export interface JsonError {
  /** From 1. */
  line: number;
  column: number;
  expected: Expected;
}

/** The first problem of a text by the grammar of RFC 8259; undefined when there is none. */
export function findJsonError(text: string): JsonError | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'a value';
  let at = 0;
  const afterValue = (): Expected => {
    const inside = open.at(-1);
    if (inside === undefined) return 'the end';
    return inside === '{' ? 'a comma or }' : 'a comma or ]';
  };
  for (;;) {
    at = past(space, text, at) ?? at;
    const character = text[at];
    if (character === undefined && expected === 'the end') return undefined;
    const next = character === undefined ? undefined : step(character);
    if (next === undefined) return place(text, at, expected);
    expected = next;
  }

  /** Takes one token in and tells what must follow; undefined when the token does not fit. */
  function step(character: string): Expected | undefined {
    const wantsValue = expected === 'a value' || expected === 'a value or ]';
    if (wantsValue && (character === '{' || character === '[')) {
      open.push(character);
      at += 1;
      return character === '{' ? 'a key or }' : 'a value or ]';
    }
    if (expected.endsWith('or ]') && character === ']') return close();
    if (expected.endsWith('or }') && character === '}') return close();
    if (expected.startsWith('a comma') && character === ',') {
      at += 1;
      return open.at(-1) === '{' ? 'a key' : 'a value';
    }
    if (expected === 'a colon' && character === ':') {
      at += 1;
      return 'a value';
    }
    const wantsKey = expected.startsWith('a key');
    if (!wantsValue && !(wantsKey && character === '"')) return undefined;
    const end = character === '"' ? pastString(text, at) : past(bareScalar, text, at);
    if (end === undefined) return undefined;
    at = end;
    return wantsKey ? 'a colon' : afterValue();
  }

  function close(): Expected {
    open.pop();
    at += 1;
    return afterValue();
  }
}

function past(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** By hand, since a pattern with alternatives needs stack for every character of a long string. */
function pastString(text: string, from: number): number | undefined {
  let at = from + 1;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') return at + 1;
    if (character === '\\') {
      const end = past(escapeSequence, text, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (text.charCodeAt(at) < 0x20) return undefined;
    else at += 1;
  }
  return undefined;
}

function place(text: string, at: number, expected: Expected): JsonError {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1, expected };
}
