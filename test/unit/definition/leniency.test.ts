/** Definitions as people write them. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hosts } from '../../../parts/userlands/debian/system.ts';
import { loadCatalog } from '../../../src/catalog/catalog.ts';
import { parsePackage } from '../../../src/definition/packages.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { LdfError } from '../../../src/errors.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import { Size } from '../../../src/settings.ts';
import { pointerOf } from '../../../src/stages/origin.ts';

const catalog = await loadCatalog(join(import.meta.dirname, '../../../components'));
const written = (more: object) => parseDefinition({ name: 'a', arch: 'x86_64', ...more });

describe('a size', () => {
  it.each([
    ['2GiB', '2G'],
    ['512MiB', '512M'],
    ['1TiB', '1T'],
    ['2 GiB', '2G'],
    ['2G', '2G'],
    ['auto', 'auto'],
  ])('%s is %s', (size, kept) => expect(written({ image: { size } }).image.size).toBe(kept));
  it.each(['2GB', '2 gb', '0G', '2KiB'])('%s is none', (size) =>
    expect(() => written({ image: { size } })).toThrow(LdfError),
  );
  it('of a setting may be written so too', () => {
    expect([Size.parse('4GiB'), Size.parse('512M'), Size.parse('1T')]).toEqual([4 * 2 ** 30, 512 * 2 ** 20, 2 ** 40]);
  });
});

describe('a locale', () => {
  it.each([
    ['en_US', 'en_US.UTF-8'],
    ['en_US.utf8', 'en_US.UTF-8'],
    ['ca_ES@valencia', 'ca_ES.UTF-8@valencia'],
    ['C.utf8', 'C.UTF-8'],
    ['C', 'C'],
    ['POSIX', 'POSIX'],
  ])('%s is %s', (locale, kept) => expect(written({ system: { locale } }).system.locale).toBe(kept));
  it.each(['en_US.ISO-8859-1', 'english'])('%s is none', (locale) => {
    expect(() => written({ system: { locale } })).toThrow(LdfError);
  });
});

describe('a host name', () => {
  it('may be a full one, and is found by its short one too', () => {
    expect(written({ system: { hostname: 'mail.example.org' } }).system.hostname).toBe('mail.example.org');
    expect(hosts('mail.example.org', 'container')).toContain('127.0.1.1\tmail.example.org mail container\n');
    expect(hosts('mail')).toContain('127.0.1.1\tmail\n');
  });
  it.each(['mail.', '.org', 'a..b', 'A', `${'a'.repeat(60)}.example`])('%s is none', (hostname) => {
    expect(() => written({ system: { hostname } })).toThrow(LdfError);
  });
});

describe('a package', () => {
  const planned = (...packages: string[]) =>
    planBuild({ definition: written({ userland: { packages } }), catalog, boot: false }).composition.packages;
  const named = (...packages: string[]) =>
    planned(...packages)
      .filter(({ from }) => pointerOf(from).startsWith('/userland'))
      .map(({ name }) => name);
  const problemOf = (...packages: string[]) => {
    try {
      planned(...packages);
    } catch (error) {
      if (error instanceof LdfError) return error.details[0];
    }
    throw new Error('it was not refused');
  };

  it('is read as apt reads it', () => {
    const nothing = { leaveOut: false, arch: undefined, version: undefined, suite: undefined };
    expect(parsePackage('g++')).toEqual({ ...nothing, name: 'g++' });
    expect(parsePackage('vim-')).toEqual({ ...nothing, name: 'vim', leaveOut: true });
    expect(parsePackage('nginx=1:1.26.3-3')).toEqual({ ...nothing, name: 'nginx', version: '1:1.26.3-3' });
    expect(parsePackage('nginx:arm64/trixie-backports')).toEqual({
      ...{ ...nothing, name: 'nginx', arch: 'arm64', suite: 'trixie-backports' },
    });
  });

  it('may have a version or a suite, or be left out', () => {
    expect(named('nginx=1.26.3-3', 'git/trixie-backports', 'vim-')).toEqual([
      'git/trixie-backports',
      'nginx=1.26.3-3',
      'vim-',
    ]);
  });

  it('is the same with what goes without saying', () => {
    expect(named('nginx:amd64', 'git/trixie', 'curl:native')).toEqual(['curl', 'git', 'nginx']);
  });

  it('of another architecture is refused with the way out', () => {
    expect(problemOf('wine32:i386')).toMatchObject({
      pointer: '/userland/packages/0',
      value: '"wine32:i386"',
      message: expect.stringContaining('another architecture'),
      hint: expect.stringContaining('dpkg --add-architecture i386'),
    });
  });

  it('from another release is refused with the suites there are', () => {
    expect(problemOf('nginx/sid')?.hint).toContain('trixie, trixie-updates, trixie-security, trixie-backports');
  });

  it('cannot be wanted in two ways', () => {
    expect(problemOf('nginx', 'nginx=1.26.3-3')?.message).toContain('listed twice');
    expect(problemOf('udev-')).toMatchObject({ message: 'udev is left out, but init/systemd needs it' });
  });

  it.each(['nginx=', 'vim-=1', 'a b', 'Nginx', 'nginx=1 2', 'x/../y'])('%s is none', (text) => {
    expect(() => written({ userland: { packages: [text] } })).toThrow(LdfError);
  });
});
