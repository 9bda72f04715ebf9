/**
 * Licences as a package's debian/copyright names them, in the terms of SPDX. The file's form is that of
 * https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/; expressions are those of SPDX 2.3, annex D.
 */
import { readFile, stat } from 'node:fs/promises';
import parseExpression from 'spdx-expression-parse';
import { licenseRefPrefix } from '../../src/license-ref.ts';
import { ownValue } from '../../src/own-value.ts';
import { mostLicenseLength } from '../../src/stages/package-facts.ts';
import { parseControl, type Stanza } from '../deb822.ts';

/** More than that no file of Debian's comes near; what is longer is not read for its licences. */
const mostCopyrightBytes = 4 << 20;

/** Licences of Debian's that SPDX calls something else than the rules below make of the name. In lower case. */
const otherNames: Readonly<Record<string, string>> = {
  ...{ expat: 'MIT', artistic: 'Artistic-1.0-Perl', perl: 'GPL-1.0-or-later OR Artistic-1.0-Perl' },
  ...{
    apache: 'Apache-1.0',
    cc0: 'CC0-1.0',
    mpl: 'MPL-1.0',
    psf: 'PSF-2.0',
    zlib: 'Zlib',
    unicode: 'Unicode-DFS-2016',
  },
  ...{
    'bsd-2': 'BSD-2-Clause',
    'bsd-3': 'BSD-3-Clause',
    'bsd-4': 'BSD-4-Clause',
    boost: 'BSL-1.0',
    'boost-1.0': 'BSL-1.0',
  },
};

/** Exceptions of Debian's by their names there, for the version of the licence that they go with. */
const exceptions: Readonly<Record<string, (license: string) => string>> = {
  autoconf: (license) => `Autoconf-exception-${license.startsWith('GPL-3') ? '3.0' : '2.0'}`,
  bison: () => 'Bison-exception-2.2',
  classpath: () => 'Classpath-exception-2.0',
  font: () => 'Font-exception-2.0',
  gcc: (license) => `GCC-exception-${license.startsWith('GPL-3') ? '3.1' : '2.0'}`,
  libtool: () => 'Libtool-exception',
  linux: () => 'Linux-syscall-note',
  linking: () => 'GPL-3.0-linking-exception',
};

/** As `licenseOf`, of a copyright file; undefined stands for none. */
export async function licenseIn(file: string | undefined): Promise<string | null> {
  if (file === undefined || (await stat(file)).size > mostCopyrightBytes) return null;
  return licenseOf(await readFile(file, 'utf8'));
}

/**
 * One expression for all licences that a copyright file names, sorted; one that SPDX does not know is a LicenseRef with the
 * file's own name for it.
 * @returns null where the file has not the form that machines read, or names more than an expression may say
 */
export function licenseOf(copyright: string): string | null {
  const [header, ...stanzas] = parseControl(copyright);
  if (!header?.get('format')?.includes('copyright-format')) return null;
  const names = [header, ...stanzas.filter((stanza) => stanza.has('files'))].flatMap(shortName);
  const all = [...new Set(names.map(expressionOf))].sort();
  const [only] = all;
  const license = all.length === 1 ? only : all.map((one) => grouped(one, ' OR ')).join(' AND ');
  return license === undefined || license === '' || license.length > mostLicenseLength ? null : license;
}

/** The licences of an expression that are on no list of SPDX's. */
export function licenseRefs(expression: string): string[] {
  return [...new Set(expression.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? [])];
}

/** The first line of the field, which names the licence; what follows is its text. */
function shortName(stanza: Stanza): string[] {
  const name = stanza.get('license')?.split('\n')[0]?.trim();
  return name ? [name] : [];
}

/** "and" comes before "or"; a comma before either word turns that round. */
function expressionOf(name: string): string {
  for (const [separator, operator] of [
    [/,\s*or\s+/i, ' OR '],
    [/,\s*and\s+/i, ' AND '],
    [/\s+or\s+/i, ' OR '],
    [/\s+and\s+/i, ' AND '],
  ] as const) {
    const operands = name.split(separator);
    if (operands.length === 1) continue;
    const other = operator === ' OR ' ? ' AND ' : ' OR ';
    return operands.map((operand) => grouped(expressionOf(operand), other)).join(operator);
  }
  const [license = '', exception] = name.split(/\s+with\s+/i);
  const known = knownLicense(license.trim());
  if (known === undefined) return reference(name);
  if (exception === undefined) return known;
  const word =
    exception
      .toLowerCase()
      .replace(/^the\s+/, '')
      .split(/[\s-]/)[0] ?? '';
  const exceptionFor = ownValue(exceptions, word);
  return (exceptionFor && checked(`${known} WITH ${exceptionFor(known)}`)) ?? reference(name);
}

/** GPL-2+ is GPL-2.0-or-later; others have the same name in another case, or a version with or without its zero. */
function knownLicense(name: string): string | undefined {
  const lower = name.toLowerCase();
  const other = ownValue(otherNames, lower);
  if (other !== undefined) return other;
  const gnu = /^(A|L)?GPL-?v?(\d)(\.\d)?(\+)?$/i.exec(name);
  if (gnu) {
    const [, kind = '', major = '', minor = '.0', orLater] = gnu;
    return checked(`${kind.toUpperCase()}GPL-${major}${minor}-${orLater ? 'or-later' : 'only'}`);
  }
  const manual = /^GFDL-(NIV-)?(\d\.\d)(\+)?$/i.exec(name);
  if (manual) {
    const [, withoutInvariants, version = '', orLater] = manual;
    return checked(`GFDL-${version}${withoutInvariants ? '-no-invariants' : ''}-${orLater ? 'or-later' : 'only'}`);
  }
  return [name, `${name}.0`, name.replace(/\+$/, ''), lower, name.toUpperCase(), clause(name)].find(isExpression);
}

/** Debian writes BSD-3-clause. */
function clause(name: string): string {
  return name.replace(/-clause$/i, '-Clause').replace(/^bsd/i, 'BSD');
}

function checked(expression: string): string | undefined {
  return isExpression(expression) ? expression : undefined;
}

function isExpression(text: string): boolean {
  try {
    parseExpression(text);
    return true;
  } catch {
    return false;
  }
}

function reference(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9.]+/g, '-').replace(/^-|-$/g, '');
  return licenseRefPrefix + (plain.slice(0, 64) || 'unnamed');
}

function grouped(expression: string, operator: string): string {
  return expression.includes(operator) ? `(${expression})` : expression;
}
