/** Every problem of a definition at once, in the order of its lines and in plain words; and definitions from standard input. */
import { readdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { knownKeys, meantKey } from '../../../src/definition/known-keys.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { soundPartOf } from '../../../src/definition/sound-part.ts';
import { wording } from '../../../src/definition/wording.ts';
import { LdfError } from '../../../src/errors.ts';
import { CliWorld } from './cli-world.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await CliWorld.open({ idle: true });
});
beforeEach(() => {
  world.freshTerminal();
});
afterAll(() => world.close());

const bad = `name: edge
versoin: "1.0"
arch: x86_64
sytem:
  timezone: Europe/Berlin
system:
  users: [{ name: ops, password: x }]
  init: nosuch-init
timezone: Europe/Berlin
image: { formats: [raw, 7, nosuch-format], compression: gzipp }
`;

describe('ldf validate', () => {
  it('names what the schema and what planning finds, by line, with what may have been meant', async () => {
    await writeFile(world.file('bad.yaml'), bad);
    expect(await world.ldf('validate', '-f', 'bad.yaml')).toBe(2);
    const err = world.terminal.err();
    const lines = [...err.matchAll(/line (\d+):/g)].map(([, line]) => Number(line));
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(err).toContain('/versoin: line 2: unknown key "versoin" ("1.0") — Did you mean "version"?');
    expect(err).toMatch(/\/sytem: line 4: unknown key "sytem" .* — Did you mean "system"\?/);
    expect(err).toMatch(/\/system\/users\/0\/password: line 7: .* — Did you mean "passwordHash"\?/);
    expect(err).toMatch(/\/timezone: line 9: .* — Did you mean system.timezone\?/);
    expect(err).toMatch(/\/system\/init: line 8: .* — Did you mean init at the top level\?/);
    expect(err).toMatch(/\/image\/formats\/1: line 10: must be the name of a format, or a mapping/);
    // Found by planning: its pointers lead to what was written, although an entry before it was left out.
    expect(err).toContain('/image/formats/2: line 10: there is no component format/nosuch-format');
    expect(err).not.toMatch(/Invalid|expected|Too (big|small)|Unrecognized/);
    expect(err).toContain('bad.yaml: The definition has 8 problems.');
  });

  it('takes the definition from standard input', async () => {
    world.withInput('name: edge\nversion: "1.2"\narch: x86_64\n');
    expect(await world.ldf('validate', '-f', '-')).toBe(0);
    expect(world.terminal.out()).toContain('edge 1.2 (x86_64): no problems found');
    world.withInput('name: edge\narch: x86_46\n');
    expect(await world.ldf('validate', '-f', '-')).toBe(2);
    expect(world.terminal.err()).toContain(
      '/arch: line 2: is none of the values that it can have ("x86_46") — Did you mean x86_64? Use one of: x86_64, aarch64.',
    );
  });
});

it('ldf apply and ldf lock take standard input too, and write no lock for it', async () => {
  const text = 'name: piped\narch: x86_64\n';
  world.withInput(text);
  expect(await world.ldf('apply', '-f', '-')).toBe(0);
  expect(world.terminal.out()).toContain('Created piped');
  world.withInput(text);
  expect(await world.ldf('lock', '-f', '-')).toBe(2);
  expect(world.terminal.err()).toContain('Print the lock with `--json`');
  expect((await readdir(world.folder)).filter((name) => name.endsWith('.lock'))).toEqual([]);
});

describe('what is left of a definition without its problems', () => {
  it('is everything else, and leads back to what was written', () => {
    const written = { name: 'edge', arch: 'x86_64', userland: { packages: ['', 'curl', 'a b', 'jq'] }, x: 1 };
    const sound = soundPartOf(written);
    expect(sound?.values).toEqual([{ name: 'edge', arch: 'x86_64', userland: { packages: ['curl', 'jq'] } }]);
    const found = [{ pointer: '/userland/packages/1', message: 'is not there' }];
    expect(sound?.restore([found])).toEqual([{ pointer: '/userland/packages/3', message: 'is not there' }]);
    expect(written.userland.packages).toHaveLength(4);
  });

  it('is planned for each architecture where none is named, and only what all have counts', () => {
    const sound = soundPartOf({ name: 'edge', arch: 'arm' });
    expect(sound?.values.map(({ arch }) => arch)).toEqual(['x86_64', 'aarch64']);
    const everywhere = { pointer: '/image', message: 'a' };
    expect(sound?.restore([[everywhere, { pointer: '/kernel', message: 'b' }], [everywhere]])).toEqual([everywhere]);
  });

  it('is nothing where there is no problem', () => {
    expect(soundPartOf({ name: 'edge', arch: 'x86_64' })).toBeUndefined();
  });
});

describe('the words for what a schema finds', () => {
  const Schema = z.strictObject({
    a: z.string().min(2).max(3),
    b: z.number().min(1).multipleOf(2),
    c: z.array(z.string()).min(2),
    d: z.enum(['one', 'two']),
    e: z.union([z.strictObject({ deep: z.boolean() }), z.int()]),
    f: z.url(),
    g: z.literal('x'),
    h: z.boolean(),
  });

  it('are never those of the library', () => {
    for (const value of [{ a: '', b: 0, c: [], d: 'x', e: {}, f: '', g: 1, h: 1, i: 1 }, { a: 'long', b: 3 }, 1]) {
      const { error } = Schema.safeParse(value);
      for (const issue of error?.issues ?? []) expect(wording(issue)).not.toMatch(/Invalid|expected|Too|Unrecognized/);
    }
  });

  it('keep what our schemas say themselves', () => {
    expect(() => parseDefinition({ name: 'Bad_Name', arch: 'x86_64' })).toThrow(LdfError);
    const { error } = z.string().regex(/^a$/, 'must be an a').safeParse('b');
    expect(error?.issues.map(wording)).toEqual(['must be an a']);
  });

  it('know the keys at a place, through unions and what wraps them', () => {
    expect(knownKeys(Schema, ['e'])).toEqual(['deep']);
    expect(meantKey(Schema, ['e'], 'deeep')).toBe('Did you mean "deep"?');
    expect(meantKey(Schema, [], 'deep')).toBe('Did you mean e.deep?');
    expect(meantKey(Schema, [], 'zzzzzz')).toBeUndefined();
  });
});
