/** What a schema finds wrong, in a few plain words that continue after a pointer: never the words of the library. */
import type * as z from 'zod';

/** Messages that our schemas give begin otherwise. */
const libraryWords = /^(Invalid|Too (big|small)|Unrecognized)\b/;

const forms: Readonly<Record<string, string>> = {
  regex: 'is not of the form that is wanted',
  url: 'must be a URL',
  datetime: 'must be a time such as 2026-01-31T12:00:00Z',
  base64: 'must be base64',
};

const nouns: Readonly<Record<string, string>> = {
  string: 'a string',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  null: 'empty',
};

export function wording(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be ${nouns[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_key')
    return issue.issues[0] ? wording(issue.issues[0]) : 'is a key that cannot stand here';
  if (!libraryWords.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : 'is none of the values that it can have';
    case 'too_small':
      return issue.inclusive === false
        ? `must be more than ${issue.minimum}`
        : `must ${amount(issue.origin, 'at least', Number(issue.minimum))}`;
    case 'too_big':
      return issue.inclusive === false
        ? `must be less than ${issue.maximum}`
        : `must ${amount(issue.origin, 'at most', Number(issue.maximum))}`;
    case 'invalid_format':
      return forms[issue.format] ?? 'is not of the form that is wanted';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `has keys that are not known: ${issue.keys.slice(0, 3).join(', ')}`;
    default:
      return 'is of none of the forms that it can have';
  }
}

function amount(origin: string, bound: string, count: number): string {
  if (origin === 'array' || origin === 'set') return `have ${bound} ${count} ${count === 1 ? 'item' : 'items'}`;
  if (origin === 'string') return `have ${bound} ${count} ${count === 1 ? 'character' : 'characters'}`;
  if (origin === 'object' || origin === 'record' || origin === 'map')
    return `have ${bound} ${count} ${count === 1 ? 'key' : 'keys'}`;
  return `be ${bound} ${count}`;
}
