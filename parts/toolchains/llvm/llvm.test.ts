import { expect, test } from 'vitest';
import { architectures } from '../../../src/architecture.ts';
import { llvm } from './llvm.ts';

const toolchain = llvm.make({});

test('takes no parameters', () => {
  expect(() => llvm.make({ lto: 'thin' })).toThrow(/lto/);
});

test.each([...architectures, 'own'] as const)('has the same programs for %s: none is of one architecture', (arch) => {
  const { CLANG_FLAGS: flags, ...programs } = toolchain.tools(arch);
  expect(programs).toEqual({ CC: 'clang', LD: 'ld.lld', NM: 'llvm-nm', OBJCOPY: 'llvm-objcopy' });
  expect(flags?.split(' ')).toEqual(expect.arrayContaining(['-fintegrated-as', '-Werror=unknown-warning-option']));
  expect(flags?.includes('--target=')).toBe(arch !== 'own');
  if (arch !== 'own') expect(toolchain.makeVariables(arch)).toEqual(['LLVM=1', 'LLVM_IAS=1']);
});
