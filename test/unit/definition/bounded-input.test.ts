/** What comes from outside is bounded before it is worked through: its form, its lists, and what an error says of it. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Catalog, parseComponent } from '../../../src/catalog/catalog.ts';
import { Component } from '../../../src/catalog/component.ts';
import { maxComponentBytes, parseOwnComponent } from '../../../src/catalog/own-component.ts';
import { Definition } from '../../../src/definition/definition.ts';
import { maxAnchors, maxValues, refuseLargeForm } from '../../../src/definition/nesting.ts';
import { parseDefinition, readYaml } from '../../../src/definition/parse.ts';
import { LdfError, maxDetails, printable } from '../../../src/errors.ts';
import { BuildOptions, RetryRequest } from '../../../src/model/build.ts';
import { ValidateRequest } from '../../../src/model/check.ts';
import { GcRequest } from '../../../src/model/disk.ts';
import { DistributionInput } from '../../../src/model/distribution.ts';
import { LockDraftRequest, LockRequest } from '../../../src/model/lock.ts';
import { KconfigQuery, PackageQuery } from '../../../src/model/queries.ts';
import { PullRequest } from '../../../src/model/stage-image.ts';
import { selectComponents } from '../../../src/plan/components.ts';
import { Problems } from '../../../src/plan/problems.ts';
import { Lock } from '../../../src/stages/lock.ts';

function refusalOf(act: () => unknown): LdfError {
  try {
    act();
  } catch (error) {
    if (error instanceof LdfError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** The best of some runs: what other work on the machine adds is left out. */
function msOf(act: () => unknown): number {
  const runs = [1, 2, 3].map(() => {
    const from = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

describe('YAML', () => {
  it.each([
    ['different keys', (n: number) => lines(n, (i) => `k${i}: v`)],
    ['items of a list', (n: number) => `a:\n${lines(n, (i) => `- v${i}`)}`],
    ['keys in a flow mapping', (n: number) => `a: {${lines(n, (i) => `k${i}: v,`).replaceAll('\n', ' ')}}`],
  ])('takes a time that grows with the number of %s, not with its square', { timeout: 60_000 }, (_what, text) => {
    const few = text(2_500);
    const many = text(20_000);
    readYaml(few);
    // 8 times as many: 8 by length, 64 by the square.
    expect(msOf(() => readYaml(many)) / msOf(() => readYaml(few))).toBeLessThan(30);
  });

  it('may have only so many anchors, aliases and values', { timeout: 60_000 }, () => {
    const anchors = refusalOf(() => readYaml(lines(maxAnchors + 1, (i) => `k${i}: &a${i} v`)));
    expect(anchors.message).toBe(`The text has more than ${maxAnchors} anchors.`);
    const aliases = refusalOf(() => readYaml(`a: &a v\nb: [${'*a, '.repeat(maxAnchors + 1)}]`));
    expect(aliases.message).toBe(`The text has more than ${maxAnchors} aliases.`);
    const values = refusalOf(() => readYaml(`a: [${'1,'.repeat(maxValues + 1)}]`));
    expect(values.message).toBe(`The text has more than ${maxValues} values.`);
    expect(refusalOf(() => refuseLargeForm({ a: Array(maxValues + 1).fill(1) }, 'request.invalid')).message).toMatch(
      /values/,
    );
  });

  it('names a key that stands twice with its line, and no more than a hundred of them', () => {
    expect(refusalOf(() => readYaml('name: a\narch: b\nname: c')).details).toEqual([
      { pointer: '', message: 'line 3, column 1: the key "name" stands twice in this mapping' },
    ]);
    const many = refusalOf(() => readYaml(lines(500, () => 'name: a')));
    expect(many.details).toHaveLength(maxDetails);
    expect(many.message).toContain('499 problems; the first 100 are listed, and there are 399 more');
  });
});

describe('text', () => {
  it('that UTF-8 cannot say is refused where it stands, in YAML and in JSON', () => {
    const error = refusalOf(() => readYaml('system:\n  files:\n    - { path: /a, content: "x \\ud83d y" }'));
    expect(error.details).toEqual([
      { pointer: '/system/files/0/content', message: 'holds half of a surrogate pair, which UTF-8 cannot say' },
    ]);
    const json: unknown = JSON.parse('{"a/b":["\\udc27\\ud83d"]}');
    expect(refusalOf(() => refuseLargeForm(json, 'request.invalid')).details[0]?.pointer).toBe('/a~1b/0');
    refuseLargeForm({ a: '\u{1F427}' }, 'request.invalid');
    expect(readYaml('a: "\\ud83d\\udc27"')).toEqual({ a: '\u{1F427}' });
  });
});

describe('an error', () => {
  it('names a hundred problems and counts the others', () => {
    const unknown = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`key${i}`, 1]));
    const error = refusalOf(() => parseDefinition({ name: 'a', arch: 'x86_64', ...unknown }));
    expect(error.details).toHaveLength(maxDetails);
    expect(error.message).toBe('The definition has 900 problems; the first 100 are listed, and there are 800 more.');
  });

  it('says of a list that is too long only that', () => {
    const enable = Array(100_000).fill(1);
    expect(
      refusalOf(() => parseDefinition({ name: 'a', arch: 'x86_64', system: { services: { enable } } })).details,
    ).toEqual([
      expect.objectContaining({ pointer: '/system/services/enable', message: 'must have at most 1000 items' }),
    ]);
  });

  it('shows no more of a value than it has room for, and looks at no more of it', () => {
    let looked = 0;
    const large = new Proxy(Array(1_000_000).fill('x'), {
      get(target, key, receiver) {
        looked += 1;
        return Reflect.get(target, key, receiver);
      },
    });
    expect(printable(large)).toHaveLength(120);
    expect(looked).toBeLessThan(200);
    for (const value of [null, 1, 'a"b', [1, 'a', null], { a: { b: [true] }, c: undefined }])
      expect(printable(value)).toBe(JSON.stringify(value));
  });

  it('shows no secret', () => {
    const users = [{ name: 'u', passwordHash: 'hunter2', sshKeys: ['two\nlines'] }];
    const files = [{ path: 'relative', content: 7, extra: { content: 'hunter2' } }];
    const error = refusalOf(() => parseDefinition({ name: 'a', arch: 'x86_64', system: { users, files } }));
    expect(error.details.map(({ pointer }) => pointer)).toContain('/system/users/0/passwordHash');
    expect(JSON.stringify(error.details)).not.toMatch(/hunter2|two/);
    const wrong = refusalOf(() => parseDefinition({ name: 'a', arch: 'x86_64', system: { users: users[0] } }));
    expect(wrong.details[0]?.value).toContain('(not shown)');
  });
});

describe('every list and record that is taken from outside has a bound', () => {
  it.each<[string, z.ZodType]>([
    ['Definition', Definition],
    ['Component', Component],
    ['Lock', Lock],
    ...Object.entries({ DistributionInput, ValidateRequest, LockDraftRequest, LockRequest, BuildOptions }),
    ...Object.entries({ RetryRequest, PullRequest, GcRequest, PackageQuery, KconfigQuery }),
  ])('%s', (_name, schema) => {
    expect([...unbounded(z.toJSONSchema(schema, { io: 'input' }), '')]).toEqual([]);
  });
});

/** Paths of lists without maxItems, records without maxProperties, and texts that may be of any length. */
function* unbounded(node: unknown, path: string): Generator<string> {
  if (node === null || typeof node !== 'object') return;
  const schema: Record<string, unknown> = { ...node };
  const keysAreGiven = typeof schema.propertyNames === 'object' && 'enum' in (schema.propertyNames ?? {});
  if (schema.type === 'array' && schema.maxItems === undefined) yield `${path}: maxItems`;
  if (schema.type === 'object' && schema.propertyNames && !keysAreGiven && schema.maxProperties === undefined)
    yield `${path}: maxProperties`;
  if (schema.type === 'string' && !['maxLength', 'pattern', 'enum', 'const', 'format'].some((key) => key in schema))
    if (!path.endsWith('propertyNames')) yield `${path}: maxLength`;
  for (const [key, child] of Object.entries(schema)) yield* unbounded(child, `${path}/${key}`);
}

describe('a lock', () => {
  const source = {
    url: 'http://m.example/a.deb',
    sha256: 'a'.repeat(64),
    sizeBytes: 1,
    filename: 'a.deb',
    name: 'aa',
    version: '1',
    arch: 'all',
  };
  const lock = (change: object, apt: object = {}) => ({
    version: 1,
    arch: 'x86_64',
    packages: {
      wishesSha256: 'a'.repeat(64),
      sourceDate: 0,
      packages: [{ ...source, ...change }],
      aptSources: [{ uri: 'http://m.example/debian', suite: 'trixie', components: ['main'], ...apt }],
    },
  });

  it('takes what apt gives', () => {
    expect(Lock.safeParse(lock({ name: 'libstdc++6', version: '1:14.2.0-19+b1~x', arch: 'amd64' })).success).toBe(true);
    expect(Lock.safeParse(lock({}, { suite: 'trixie-security', components: ['non-free-firmware'] })).success).toBe(
      true,
    );
  });

  it.each([
    ['a name that is a path', { name: '../../etc/shadow' }, {}],
    ['an architecture that is a path', { arch: '../x' }, {}],
    ['a version of two lines', { version: '1\n2' }, {}],
    ['an address of two lines', { url: 'http://m.example/a\n.deb' }, {}],
    ['an archive of two lines', {}, { uri: 'http://m.example/\nSigned-By: /x' }],
    ['a suite of two words', {}, { suite: 'trixie evil' }],
    ['a suite that climbs', {}, { suite: '../x' }],
    ['a component of two lines', {}, { components: ['main\nTrusted: yes'] }],
  ])('refuses %s', (_what, change, apt) => {
    expect(Lock.safeParse(lock(change, apt)).success).toBe(false);
  });
});

describe('a component of one’s own', () => {
  const component = (more: object) => ({ kind: 'init', name: 'x', title: 'X', summary: 'X', ...more });
  const withPattern = (pattern: string) =>
    component({ contributes: { console: { up: [{ what: 'it', pattern }], down: [] } } });
  const refused = (value: unknown) =>
    parseOwnComponent(value).then(
      () => undefined,
      (error: LdfError) => error,
    );

  it.each(['(', '', 'a'.repeat(501), '(?!Last )x', '(a)\\1'])('may not have the pattern %s', async (pattern) => {
    expect((await refused(withPattern(pattern)))?.details[0]).toMatchObject({
      pointer: expect.stringMatching(/^\/contributes\/console\/up\/0\/pattern$/),
    });
  });

  it('may repeat what repeats: the search takes no longer for it', async () => {
    expect(await refused(withPattern('(a+)+$'))).toBeUndefined();
  });

  it('is small but for the files that it brings', async () => {
    const options = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`CONFIG_${i}`, 'x'.repeat(2_000)]));
    const large = await refused(component({ contributes: { kernel: { options } } }));
    expect(large?.message).toContain(`${maxComponentBytes >> 10} KiB`);
    const files = [{ path: '/a', content: 'x'.repeat(2 * maxComponentBytes) }];
    expect(await refused(component({ contributes: { files } }))).toBeUndefined();
  });
});

describe('choosing components', () => {
  it('looks at each provision a few times, however many components provide and require', () => {
    let asked = 0;
    class Counting extends Catalog {
      override providersOf(provision: string) {
        asked += 1;
        return super.providersOf(provision);
      }
    }
    const names = Array.from({ length: 60 }, (_, i) => i);
    const platforms = names.map((i) =>
      parseComponent({
        ...{ kind: 'platform', name: `p${i}`, title: 'P', summary: 'P', provides: names.map((n) => `c:${i}.${n}`) },
        requires: names.filter((n) => n !== i).map((n) => `c:${n}.${i}`),
      }),
    );
    const init = parseComponent({ kind: 'init', name: 'x', title: 'X', summary: 'X', requires: ['c:0.0'] });
    const catalog = new Counting([init, ...platforms].map((component) => ({ component, origin: 'user' as const })));
    const problems = new Problems();
    const definition = parseDefinition({ name: 'a', arch: 'x86_64', init: 'x' });
    const selected = selectComponents(definition, catalog, problems);
    expect(selected.length).toBe(61);
    // Each component is drawn in once; whoever requires it later finds it chosen.
    expect(asked).toBeLessThan(200);
    expect(problems.details.length).toBeLessThanOrEqual(maxDetails);
  });
});
