import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseDefinition, readYaml } from '../../../src/definition/parse.ts';
import { LdfError } from '../../../src/errors.ts';

function problemsOf(value: unknown): LdfError {
  try {
    parseDefinition(value);
  } catch (error) {
    if (error instanceof LdfError) return error;
    throw error;
  }
  throw new Error('the definition was accepted');
}

describe('a definition', () => {
  it('needs only a name and an architecture', () => {
    const definition = parseDefinition({ name: 'a', arch: 'x86_64' });
    expect(definition).toMatchObject({
      init: 'systemd',
      kernel: { source: 'debian', config: { base: 'tiny', options: {} } },
      userland: { base: 'debian', suite: 'trixie', packages: [] },
      image: { size: 'auto', formats: ['raw'], compression: 'none' },
    });
  });

  it('names every problem at once, each with its pointer and value', () => {
    const { code, details } = problemsOf({
      name: 'Bad Name',
      arch: 'mips',
      colour: 'red',
      kernel: { config: { options: { IKCONFIG: 'y' } } },
      userland: { packages: ['OK?'] },
      image: { size: '1 GB' },
    });
    expect(code).toBe('definition.invalid');
    expect(details.map((detail) => detail.pointer)).toEqual(
      expect.arrayContaining([
        '/name',
        '/arch',
        '/colour',
        '/kernel/config/options/IKCONFIG',
        '/userland/packages/0',
        '/image/size',
      ]),
    );
    expect(details.find((detail) => detail.pointer === '/arch')).toMatchObject({
      value: '"mips"',
      hint: 'Use one of: x86_64, aarch64.',
    });
  });

  it('has one component of security, or a list of them', () => {
    const parsed = (security: unknown) => parseDefinition({ name: 'a', arch: 'x86_64', security }).security;
    expect(parsed('apparmor')).toBe('apparmor');
    expect(parsed(['apparmor', 'hardening'])).toEqual(['apparmor', 'hardening']);
    for (const wrong of [[], ['Bad Name'], { name: 'apparmor' }, 3])
      expect(problemsOf({ name: 'a', arch: 'x86_64', security: wrong }).details, JSON.stringify(wrong)).toMatchObject([
        { pointer: expect.stringMatching(/^\/security/) },
      ]);
    expect(problemsOf({ name: 'a', arch: 'x86_64', security: ['x', 'x'] }).details).toMatchObject([
      { pointer: '/security/1', message: '"x" is listed twice; keep one' },
    ]);
  });

  it('says what is missing', () => {
    expect(problemsOf({ arch: 'x86_64' }).details).toEqual([{ pointer: '/name', message: 'is missing' }]);
  });

  it('says how to write a version that YAML took for a number', () => {
    expect(problemsOf({ name: 'a', arch: 'x86_64', version: 1.2 }).details[0]).toMatchObject({
      pointer: '/version',
      hint: 'Put it in quotes: "1.2".',
    });
  });

  it.each([
    ['a path that climbs', { path: '/etc/../shadow', content: '' }],
    ['a relative path', { path: 'etc/motd', content: '' }],
    ['a folder', { path: '/etc/', content: '' }],
    ['a mode that is not octal', { path: '/etc/motd', content: '', mode: '0999' }],
  ])('refuses %s', (_what, file) => {
    expect(() => parseDefinition({ name: 'a', arch: 'x86_64', system: { files: [file] } })).toThrow(LdfError);
  });

  it('refuses a password that is no crypt(5) hash', () => {
    const { details } = problemsOf({
      name: 'a',
      arch: 'x86_64',
      system: { users: [{ name: 'u', passwordHash: 'secret' }] },
    });
    expect(details[0]?.pointer).toBe('/system/users/0/passwordHash');
  });

  it('refuses what is listed twice, and a service that is both enabled and disabled', () => {
    const { details } = problemsOf({
      name: 'a',
      arch: 'x86_64',
      image: { formats: ['raw', 'raw'] },
      system: { users: [{ name: 'u' }, { name: 'u' }], services: { enable: ['ssh'], disable: ['ssh'] } },
    });
    expect(details.map((detail) => detail.pointer)).toEqual([
      '/image/formats/1',
      '/system/users/1/name',
      '/system/services/disable/0',
    ]);
  });

  it.each([null, 3, 'text', [], true])('refuses %j', (value) => {
    expect(() => parseDefinition(value)).toThrow(LdfError);
  });
});

describe('YAML', () => {
  it('names line and column of what it cannot read', () => {
    expect(() => readYaml('name: a\narch: [x86_64\n')).toThrow(LdfError);
    try {
      readYaml('name: a\n\tarch: x86_64\n');
    } catch (error) {
      expect((error as LdfError).details[0]?.message).toMatch(/line 2, column/);
    }
  });

  it('keeps y and n as kernel options mean them', () => {
    const value = readYaml(
      'name: a\narch: x86_64\nkernel: { config: { options: { CONFIG_A: y, CONFIG_B: n, CONFIG_C: 14 } } }',
    );
    expect(parseDefinition(value).kernel.config.options).toEqual({ CONFIG_A: 'y', CONFIG_B: 'n', CONFIG_C: 14 });
  });

  it('refuses a key that stands twice, a list, and aliases that grow without bound', () => {
    expect(() => readYaml('name: a\nname: b')).toThrow(LdfError);
    expect(() => readYaml('- a')).toThrow(LdfError);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((letter, i) => `${letter}: &${letter} [${Array(10).fill(`*${'abcdefg'[i]}`).join(',')}]`)
      .join('\n')}`;
    expect(() => readYaml(bomb)).toThrow();
  });
});

describe('the examples', async () => {
  for (const file of await readdir('examples'))
    if (file.endsWith('.yaml'))
      it(`${file} is a definition`, async () => {
        parseDefinition(readYaml(await readFile(`examples/${file}`, 'utf8')));
      });
});
