/** Where a text stops being JSON. */
import { describe, expect, it } from 'vitest';
import { findJsonError } from '../../../src/api/json-position.ts';

describe('the place of a problem in JSON', () => {
  const texts = [
    '{}',
    '[]',
    '1',
    '-0.5e+3',
    '"a\\u00e9\\n"',
    ' {"a":[1,{"b":null}],"c":true}\n',
    '',
    ' ',
    '{',
    '[',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '01',
    '1.',
    '+1',
    '.5',
    'tru',
    'nul',
    'NaN',
    '"',
    '"\\x"',
    '"\\u12"',
    '"\n"',
    '{}{}',
    ']',
    '}',
    '[}',
    '{]',
    '[1}',
    '{"a":]}',
    '//x',
  ];

  it.each(texts)('is found exactly when JSON.parse finds one: %j', (text) => {
    const valid = (() => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    })();
    expect(findJsonError(text) === undefined).toBe(valid);
  });

  it('is told by line and column', () => {
    expect(findJsonError('{\n  "a": 1,\n  b: 2\n}')).toEqual({ line: 3, column: 3, expected: 'a key' });
    expect(findJsonError(`["${'x'.repeat(8 << 20)}" "y"]`)).toMatchObject({ line: 1, expected: 'a comma or ]' });
  });
});
