import { describe, expect, it } from 'vitest';
import { askedFormat, formatNames, formatsByName } from '../../../src/definition/image-formats.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { LdfError } from '../../../src/errors.ts';
import { entriesOf, nameOf, nameOrNames } from '../../../src/webui/views/distribution-form/named-entries.ts';

function problemsOf(formats: unknown) {
  try {
    parseDefinition({ name: 'a', arch: 'x86_64', image: { formats } });
  } catch (error) {
    if (error instanceof LdfError) return error.details;
    throw error;
  }
  return [];
}

describe('an entry of image.formats', () => {
  it('is a name, or a mapping with it and what it is asked for', () => {
    const formats = ['raw', { format: 'raw', compress: 'zstd' }, { format: 'boxed', level: 9 }];
    const { image } = parseDefinition({ name: 'a', arch: 'x86_64', image: { formats } });
    expect(image.formats).toEqual(formats);
    expect(image.formats.map(askedFormat)).toEqual([
      { name: 'raw', params: {} },
      { name: 'raw', compress: 'zstd', params: {} },
      { name: 'boxed', params: { level: 9 } },
    ]);
  });

  it('is refused where it stands, with its value and what to write', () => {
    expect(problemsOf([7])).toMatchObject([
      { pointer: '/image/formats/0', value: '7', message: expect.stringContaining('{format: NAME') },
    ]);
    expect(problemsOf([{ format: 'raw', compress: 'rar' }])).toMatchObject([
      { pointer: '/image/formats/0/compress', value: '"rar"', hint: 'Use one of: none, zstd, gzip, xz.' },
    ]);
    expect(problemsOf([{ compress: 'xz' }])).toMatchObject([{ pointer: '/image/formats/0/format' }]);
    expect(problemsOf([{ format: 'Raw!' }])).toMatchObject([{ pointer: '/image/formats/0/format', value: '"Raw!"' }]);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`k${index}`, 1]));
    expect(problemsOf([{ format: 'raw', ...many }])).toMatchObject([{ message: 'must have at most 50 keys' }]);
  });

  it('must not make a file that another one makes', () => {
    expect(problemsOf(['raw', { format: 'raw' }])).toMatchObject([{ pointer: '/image/formats/1' }]);
    expect(problemsOf(['raw', { format: 'raw', compress: 'none' }])).toHaveLength(1);
    expect(
      problemsOf([
        { format: 'raw', compress: 'xz' },
        { format: 'raw', compress: 'xz' },
      ]),
    ).toHaveLength(1);
    expect(problemsOf(['raw', { format: 'raw', compress: 'gzip' }])).toEqual([]);
  });
});

describe('formats that a build chooses by name', () => {
  const entries = ['raw', { format: 'boxed', level: 9 }, { format: 'boxed', compress: 'xz' as const }];

  it('are made as the definition asks for them', () => {
    expect(formatNames(entries)).toEqual(['raw', 'boxed']);
    expect(formatsByName(entries, ['boxed', 'other'])).toEqual([entries[1], entries[2], 'other']);
  });

  it('keep in the form what a card says nothing of', () => {
    expect(entries.map(nameOf)).toEqual(['raw', 'boxed', 'boxed']);
    expect(entriesOf(entries, ['boxed', 'other'])).toEqual([entries[1], entries[2], 'other']);
  });
});

it('a key that takes one name or a list has a list only where there are several, and its default alone', () => {
  const chosen = (before: string[], names: string[]) => nameOrNames(before, names, 'none');
  expect(chosen(['none'], ['none', 'a'])).toBe('a');
  expect(chosen(['a'], ['a', 'b'])).toEqual(['a', 'b']);
  expect(chosen(['a', 'b'], ['b'])).toBe('b');
  expect(chosen(['a', 'b'], ['a', 'b', 'none'])).toBeUndefined();
  expect(chosen(['a'], [])).toBeUndefined();
});
