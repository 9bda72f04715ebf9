import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ansiColors, ansiPieces, plainText } from '../../../src/webui/views/build/log/ansi.ts';
import { firstError, tellsOfError } from '../../../src/webui/views/build/log/first-error.ts';
import type { LogView } from '../../../src/webui/views/build/log/log-view.ts';
import { LogSearch, matchFrom } from '../../../src/webui/views/build/log/search.ts';

function viewOf(texts: string[]): LogView {
  return {
    get length() {
      return texts.length;
    },
    text: (index) => texts[index] ?? '',
    line: (index) => ({ stage: 'compile', attempt: 1, stream: 'stdout', at: '', text: texts[index] ?? '' }),
  };
}

/** Pieces with only what is set of their looks. */
const pieces = (line: string) =>
  ansiPieces(line).map((piece) => Object.fromEntries(Object.entries(piece).filter(([, value]) => value)));

describe('ANSI escapes', () => {
  it('leaves a plain line alone', () => {
    expect(pieces('make[1]: done')).toEqual([{ text: 'make[1]: done' }]);
  });

  it('splits a line where its look changes', () => {
    expect(pieces('\u001b[1;31merror:\u001b[0m it \u001b[4mbroke\u001b[24m')).toEqual([
      { text: 'error:', color: 'red', bold: true },
      { text: ' it ' },
      { text: 'broke', underline: true },
    ]);
  });

  it('knows bright, indexed and true colours by the nearest of eight', () => {
    expect(pieces('\u001b[92ma\u001b[38;5;196mb\u001b[38;2;30;30;200mc\u001b[38;5;250md\u001b[39me')).toEqual([
      { text: 'a', color: 'green' },
      { text: 'b', color: 'red' },
      { text: 'c', color: 'blue' },
      { text: 'd' },
      { text: 'e' },
    ]);
  });

  it('knows backgrounds in all of their forms', () => {
    expect(pieces('\u001b[41ma\u001b[102mb\u001b[48;5;21mc\u001b[48;2;200;190;20md\u001b[49me')).toEqual([
      { text: 'a', background: 'red' },
      { text: 'b', background: 'green' },
      { text: 'c', background: 'blue' },
      { text: 'd', background: 'yellow' },
      { text: 'e' },
    ]);
    expect(pieces('\u001b[30;47mw\u001b[0mplain')).toEqual([
      { text: 'w', color: 'black', background: 'white' },
      { text: 'plain' },
    ]);
  });

  it('has a grey background as black or white', () => {
    expect(pieces('\u001b[48;5;233ma\u001b[48;5;250mb\u001b[48;2;9;9;9mc\u001b[100md')).toEqual([
      { text: 'a', background: 'black' },
      { text: 'b', background: 'white' },
      { text: 'c', background: 'black' },
      { text: 'd', background: 'white' },
    ]);
  });

  it('takes the parameters of a background for itself', () => {
    expect(pieces('\u001b[48;5;1;32mgreen')).toEqual([{ text: 'green', color: 'green', background: 'red' }]);
  });

  it('takes everything else that is no text out', () => {
    expect(plainText('\u001b]0;title\u0007a\u001b[2Kb\u001b[?25hc\u001b(Bd')).toBe('abcd');
  });

  it('shows what a carriage return left standing', () => {
    expect(plainText(' 10 %\r 50 %\r100 %\r')).toBe('100 %');
  });
});

describe('the colours of a log', () => {
  const css = readFileSync(new URL('../../../src/webui/views/build/log/log.module.css', import.meta.url), 'utf8');
  const schemes = ['light', 'dark'] as const;
  /** Of a property of a rule, in both schemes. */
  const colours = (rule: string, property: string) => {
    const body = css.slice(css.indexOf(`\n.${rule} {`)).split('}')[0] ?? '';
    const [, light = '', dark = ''] =
      new RegExp(`${property}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(body) ?? [];
    return { light, dark };
  };

  it.each(ansiColors)('%s reaches a contrast of 4.5, as a text and under one', (name) => {
    const under = `on${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const [ground, text] = [colours('box', '--log-background'), colours(name, 'color')];
    const [background, above] = [colours(under, 'background'), colours(under, '\\n  color')];
    for (const scheme of schemes) {
      expect(contrast(text[scheme], ground[scheme])).toBeGreaterThanOrEqual(4.5);
      expect(contrast(above[scheme], background[scheme])).toBeGreaterThanOrEqual(4.5);
    }
  });
});

/** WCAG 2.2, contrast ratio. */
function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const linear = (at: number) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5);
}

describe('search', () => {
  it('finds words in capitals or not, character by character, across escapes', () => {
    const search = new LogSearch(viewOf(['a.b', 'A.B twice a.b', 'axb', 'a\u001b[1m.b']), 'a.B');
    expect(search.advance(1_000)).toBe(true);
    expect(search.matches).toEqual([0, 1, 3]);
  });

  it('continues with what has come since', () => {
    const texts = ['one'];
    const search = new LogSearch(viewOf(texts), 'o');
    search.advance(1_000);
    texts.push('two', 'three');
    search.advance(1_000);
    expect(search.matches).toEqual([0, 1]);
  });

  it('stops when its time is over, and says that there is more', () => {
    const search = new LogSearch(viewOf(Array.from({ length: 10_000 }, () => 'x')), 'x');
    expect(search.advance(-1)).toBe(false);
    expect(search.matches.length).toBeLessThan(10_000);
    expect(search.advance(10_000)).toBe(true);
    expect(search.matches.length).toBe(10_000);
  });

  it('begins at a line and goes round', () => {
    expect(matchFrom([3, 8, 20], 8)).toBe(1);
    expect(matchFrom([3, 8, 20], 9)).toBe(2);
    expect(matchFrom([3, 8, 20], 21)).toBe(0);
  });
});

describe('the first error', () => {
  it.each([
    'drivers/net/e1000.c:12:3: error: unknown type name',
    'cc1: fatal error: x.h: No such file or directory',
    'make[2]: *** [scripts/Makefile.build:244: init/main.o] Error 1',
    'E: Unable to locate package nginx-ful',
    'ERROR: modpost: "foo" undefined!',
    'ld: main.o: undefined reference to `bar`',
    '[    3.1] Kernel panic - not syncing: VFS: Unable to mount root fs',
    'sh: 1: bison: command not found',
  ])('is told by %s', (line) => {
    expect(tellsOfError(line)).toBe(true);
  });

  it.each([
    '  CC      lib/error-inject.o',
    'gcc -Werror=return-type -c main.c',
    'Unpacking liberror-perl (0.17029-2) ...',
    '0 errors, 2 warnings: 0',
    '  CC [M]  drivers/edac/edac_mc.o',
  ])('is not told by %s', (line) => {
    expect(tellsOfError(line)).toBe(false);
  });

  it('is found behind colours', () => {
    expect(firstError(viewOf(['fine', '\u001b[31mmain.c:1: error:\u001b[0m no', 'error: later']))).toBe(1);
    expect(firstError(viewOf(['fine']))).toBeUndefined();
  });
});
