import { describe, expect, it } from 'vitest';
import { licenseOf, licenseRefs } from './copyright-file.ts';

const file = (...names: string[]) =>
  [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    ...names.map((name) => `\nFiles: ${name}\nCopyright: somebody\nLicense: ${name}\n Its text.`),
    '\nLicense: of-the-text-alone\n Its text.\n',
  ].join('\n');

describe('the licence of a package', () => {
  it.each([
    ['GPL-2+', 'GPL-2.0-or-later'],
    ['GPL-2', 'GPL-2.0-only'],
    ['LGPL-2.1+', 'LGPL-2.1-or-later'],
    ['AGPL-3', 'AGPL-3.0-only'],
    ['GFDL-1.3+', 'GFDL-1.3-or-later'],
    ['GFDL-NIV-1.3+', 'GFDL-1.3-no-invariants-or-later'],
    ['Expat', 'MIT'],
    ['BSD-3-clause', 'BSD-3-Clause'],
    ['BSD-2-Clause', 'BSD-2-Clause'],
    ['Apache-2', 'Apache-2.0'],
    ['ISC', 'ISC'],
    ['zlib', 'Zlib'],
    ['Artistic', 'Artistic-1.0-Perl'],
    ['GPL-3+ with Autoconf exception', 'GPL-3.0-or-later WITH Autoconf-exception-3.0'],
    ['GPL-2+ with OpenSSL exception', 'LicenseRef-debian-GPL-2-with-OpenSSL-exception'],
    ['GPL-2 with Linux-syscall-note exception', 'GPL-2.0-only WITH Linux-syscall-note'],
    ['public-domain', 'LicenseRef-debian-public-domain'],
    ['same-as-rest-of-p11kit', 'LicenseRef-debian-same-as-rest-of-p11kit'],
    ['GPL-1+ or Artistic', 'GPL-1.0-or-later OR Artistic-1.0-Perl'],
    ['GPL-2+ or Artistic and Expat', 'GPL-2.0-or-later OR (Artistic-1.0-Perl AND MIT)'],
    ['GPL-2+ or Artistic, and Expat', '(GPL-2.0-or-later OR Artistic-1.0-Perl) AND MIT'],
    ['constructor', 'LicenseRef-debian-constructor'],
  ])('%s is %s', (name, license) => {
    expect(licenseOf(file(name))).toBe(license);
  });

  it('is that of all its files, each named once', () => {
    expect(licenseOf(file('GPL-2+', 'Expat or GPL-2', 'GPL-2+'))).toBe('GPL-2.0-or-later AND (MIT OR GPL-2.0-only)');
  });

  it('is not guessed where machines cannot read the file', () => {
    expect(licenseOf('This is Debian’s package of a thing.\n\nLicense: GPL-2\n')).toBeNull();
    expect(licenseOf(file())).toBeNull();
    expect(licenseOf('')).toBeNull();
    const many = Array.from({ length: 2000 }, (_, index) => `own-licence-${index}`);
    expect(licenseOf(file(...many))).toBeNull();
  });

  it('tells which of an expression are on no list', () => {
    expect(licenseRefs('MIT AND LicenseRef-debian-a AND (LicenseRef-debian-b.1 OR LicenseRef-debian-a)')).toEqual([
      'LicenseRef-debian-a',
      'LicenseRef-debian-b.1',
    ]);
    expect(licenseRefs('MIT')).toEqual([]);
  });
});
