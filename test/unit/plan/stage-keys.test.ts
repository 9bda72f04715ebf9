/** Content keys: what was made before, kernels that took an hour among it, is found under the same keys. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { canonicalJson, contentHash } from '../../../src/plan/canonical.ts';
import { stageKey } from '../../../src/plan/request.ts';

/** Of `test/fixtures/stage-keys.jsonl`: requests, and the keys that a release before RFC 8785 gave them. */
const Recorded = z.strictObject({
  key: z.string(),
  stage: z.string(),
  image: z.string(),
  inputs: z.array(z.string()),
  params: z.unknown(),
});
const recorded = readFileSync('test/fixtures/stage-keys.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => Recorded.parse(JSON.parse(line)));
const keys = Object.fromEntries(recorded.map(({ stage, key }) => [stage, key]));

describe('the content key of a request', () => {
  it.each(recorded)('of $stage is what it was', ({ key, image, ...request }) => {
    expect(stageKey({ arch: 'x86_64', ...request }, image, keys)).toBe(key);
  });

  it('is what it was for numbers and letters of every kind', () => {
    const value = {
      b: [0, -0, 1e21, 1.5e-7, 0.1, -3],
      a: {
        Z: 'Grüße \u{1F427} \u2028 \u0001 " \\ / \t',
        _: null,
        'a-b': undefined,
        aB: [undefined, [], {}],
        é: true,
        '\u{1F427}': 1,
        '\uff00': 2,
      },
    };
    expect(contentHash(value)).toBe('83ab04318dd38f7cc317b1b5dcb5682a5d0ff7ad32c635dd813af7d7e35faa38');
  });
});

describe('canonical JSON', () => {
  it('has its keys in the order of RFC 8785, numbers too', () => {
    expect(canonicalJson({ b: 1, 10: 2, 9: 3, a: [{ d: 4, c: 5 }] })).toBe('{"10":2,"9":3,"a":[{"c":5,"d":4}],"b":1}');
  });

  it('is refused to what has none', () => {
    expect(() => canonicalJson(undefined)).toThrow('undefined has no canonical JSON');
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('NaN');
    expect(() => canonicalJson(['\ud800'])).toThrow('surrogate');
  });
});
