/** kernel.cmdline: which words are taken, where they go, and what is said of those that cannot stand there. */
import { describe, expect, it } from 'vitest';
import { meaningOf } from '../../../src/definition/command-line.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { LdfError } from '../../../src/errors.ts';
import { BootParams } from '../../../src/stages/boot/contract.ts';
import { PackageParams } from '../../../src/stages/package/contract.ts';
import { keys, minimal, plan, problems } from './planning.ts';

const withWords = (...cmdline: unknown[]) => ({ ...minimal, kernel: { cmdline } });
const paramsOf = (name: string, definition: object) =>
  plan(definition).stages.find((stage) => stage.name === name)?.params;

describe('words of the kernel command line', () => {
  it('follow those of components, and are looked for in the guest', () => {
    const words = ['quiet', 'foo="a b"', 'console=ttyS1,115200n8', '"m.p=1 2"'];
    const definition = withWords(...words);
    expect(plan(definition).composition.cmdline.map(({ word }) => word)).toEqual([
      'console=tty0',
      'console=ttyS0',
      ...words,
    ]);
    const packaged = PackageParams.parse(paramsOf('package', definition));
    expect(packaged).toMatchObject({ cmdline: ['console=tty0', 'console=ttyS0'], addedCmdline: words });
    expect(BootParams.parse(paramsOf('boot', definition)).words).toEqual(words);
  });

  it('change what is packaged and nothing before it', () => {
    const [without, withQuiet] = [keys(plan(minimal)), keys(plan(withWords('quiet')))];
    expect(withQuiet.assemble).toBe(without.assemble);
    expect(withQuiet.compile).toBe(without.compile);
    expect(withQuiet.package).not.toBe(without.package);
    expect(Object.keys(paramsOf('package', minimal) ?? {})).not.toContain('addedCmdline');
    expect(Object.keys(paramsOf('boot', minimal) ?? {})).not.toContain('words');
  });

  it.each([
    ['an empty one', ''],
    ['two in one', 'quiet splash'],
    ['a line break', 'a=1\nb'],
    ['a carriage return', 'a\rb'],
    ['NUL', 'a\0b'],
    ['a tab', 'a\tb'],
    ['a quote that is not closed', 'foo="a b'],
    ['a quote too many', 'foo="a b""'],
    ['a space behind the quotes', 'foo="a b" c'],
    ['letters beyond ASCII', 'foo=ä'],
  ])('%s is refused', (_what, word) => {
    const refused = () => parseDefinition(withWords('quiet', word));
    expect(refused).toThrow(LdfError);
    try {
      refused();
    } catch (error) {
      if (!(error instanceof LdfError)) throw error;
      expect(error.details).toMatchObject([
        { pointer: '/kernel/cmdline/1', message: expect.stringContaining('name="a b"'), value: expect.any(String) },
      ]);
    }
  });

  it.each(['root=/dev/sda1', '"root=LABEL=a b"', 'initrd=/x'])('%s follows from the image and is refused', (word) => {
    expect(() => parseDefinition(withWords(word))).toThrow(LdfError);
    expect(() => parseDefinition(withWords(`x${word}`, 'rootwait'))).not.toThrow();
  });

  it('are refused where the boot loader would change them, each at its place', () => {
    const definition = { ...withWords('quiet', String.raw`unit=a\x2db`, "it's"), bootloader: 'grub' };
    expect(problems(definition)).toMatchObject([
      { pointer: '/kernel/cmdline/1', message: String.raw`bootloader/grub cannot hand over a word with \ in it` },
      { pointer: '/kernel/cmdline/2', message: "bootloader/grub cannot hand over a word with ' in it" },
    ]);
    expect(() => plan({ ...definition, bootloader: 'uki' })).not.toThrow();
  });

  it('are refused when the kernel would cut the line, with what is too much', () => {
    const long = (length: number) => `x=${'y'.repeat(length - 2)}`;
    const room = 1791 - 'root=PARTUUID= ro console=tty0 console=ttyS0 '.length - 36;
    expect(() => plan(withWords(long(800), long(room - 801)))).not.toThrow();
    expect(problems(withWords(long(800), long(room - 796)))).toMatchObject([
      {
        pointer: '/kernel/cmdline',
        message: expect.stringMatching(/has 1796 bytes .* can have 1791/),
        value: expect.stringContaining('x=yyy'),
        hint: expect.stringContaining('5 bytes or more'),
      },
    ]);
  });
});

it('means the same, however it is quoted', () => {
  expect(meaningOf('ro foo="a b"  "foo=a b" c="')).toEqual(['ro', 'foo=a b', 'foo=a b', 'c=']);
});
