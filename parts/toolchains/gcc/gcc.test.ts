import { expect, test } from 'vitest';
import { architectures, ownArchitecture, triplets } from '../../../src/architecture.ts';
import { gcc } from './gcc.ts';

const toolchain = gcc.make({});

test('takes no parameters', () => {
  expect(() => gcc.make({ optimise: 'more' })).toThrow(/optimise/);
});

test.each(architectures)(
  'has the programs for %s, under their plain names where that is the machine itself',
  (arch) => {
    const prefix = arch === ownArchitecture() ? '' : `${triplets[arch]}-`;
    expect(toolchain.makeVariables(arch)).toEqual(prefix === '' ? [] : [`CROSS_COMPILE=${prefix}`]);
    expect(toolchain.tools(arch)).toEqual({
      ...{ CC: `${prefix}gcc`, LD: `${prefix}ld`, NM: `${prefix}nm`, OBJCOPY: `${prefix}objcopy` },
    });
  },
);

test("has this machine's own for whoever compiles nothing", () => {
  expect(toolchain.tools('own')).toEqual({ CC: 'gcc', LD: 'ld', NM: 'nm', OBJCOPY: 'objcopy' });
});
