import { describe, expect, test } from 'vitest';
import { malformedLines, parseConfig, plainValue } from '../../../../src/definition/dot-config.ts';
import {
  configLine,
  isValue,
  mergeConfig,
  type SymbolType,
} from '../../../../stage-images/kernel-builder/config-file.ts';

describe('reading a .config', () => {
  test('the last assignment of a symbol wins, in either form', () => {
    const config = parseConfig('CONFIG_A=y\n# CONFIG_A is not set\nCONFIG_B="x # y"\r\nCONFIG_C=0x10\n# CONFIG_D=y\n');
    expect([...config]).toEqual([
      ['CONFIG_A', 'n'],
      ['CONFIG_B', '"x # y"'],
      ['CONFIG_C', '0x10'],
    ]);
  });

  test('a string is without its quotes where it is no line of a .config', () => {
    expect([plainValue('"say \\"a\\\\b\\""'), plainValue('0x10'), plainValue('""')]).toEqual([
      'say "a\\b"',
      '0x10',
      '',
    ]);
  });

  test('lines that Kconfig would skip are found', () => {
    expect(malformedLines('# a comment\n\nCONFIG_A=y\nA=y\n  # indented\nCONFIG_B y\n')).toEqual([4, 6]);
  });
});

test('merging takes out what the base says of a symbol', () => {
  const base = '# header\nCONFIG_A=m\n# CONFIG_B is not set\nCONFIG_C=y\n';
  const lines = new Map([
    ['CONFIG_A', 'CONFIG_A=y'],
    ['CONFIG_B', 'CONFIG_B=y'],
  ]);
  expect(mergeConfig(base, lines)).toBe('# header\nCONFIG_C=y\n\nCONFIG_A=y\nCONFIG_B=y\n');
});

describe('writing a value as its type wants it', () => {
  const cases: [SymbolType, string, string | undefined][] = [
    ['bool', 'y', 'CONFIG_X=y'],
    ['bool', 'n', '# CONFIG_X is not set'],
    ['bool', 'm', undefined],
    ['bool', '1', undefined],
    ['tristate', 'm', 'CONFIG_X=m'],
    ['tristate', 'yes', undefined],
    ['int', '42', 'CONFIG_X=42'],
    ['int', '-1', 'CONFIG_X=-1'],
    ['int', '0x10', undefined],
    ['hex', '0x00FF', 'CONFIG_X=0xff'],
    ['hex', '4096', 'CONFIG_X=0x1000'],
    ['hex', 'ff', undefined],
    ['string', 'y', 'CONFIG_X="y"'],
    ['string', '115200', 'CONFIG_X="115200"'],
    ['string', 'say "a\\b"', 'CONFIG_X="say \\"a\\\\b\\""'],
  ];
  test.each(cases)('%s %s', (type, value, line) => expect(configLine('CONFIG_X', type, value)).toBe(line));
});

describe('comparing what was asked for with what is there', () => {
  const cases: [SymbolType, string, string | undefined, boolean][] = [
    ['tristate', 'n', undefined, true],
    ['tristate', 'n', 'm', false],
    ['bool', 'y', undefined, false],
    ['string', 'a"b', '"a\\"b"', true],
    ['string', '', undefined, true],
    ['string', 'a', undefined, false],
    ['hex', '4096', '0x1000', true],
    ['hex', '0x1000', undefined, false],
    ['int', '-5', '-5', true],
    ['int', '-5', '5', false],
    ['int', 'abc', '1', false],
  ];
  test.each(cases)('%s %s and %s', (type, wanted, found, same) => expect(isValue(type, wanted, found)).toBe(same));
});
