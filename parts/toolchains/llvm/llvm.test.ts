import { expect, test } from 'vitest';
import { architectures } from '../../../src/architecture.ts';
import { llvm } from './llvm.ts';

const toolchain = llvm.make({});

test('takes no parameters', () => {
  expect(() => llvm.make({ lto: 'thin' })).toThrow(/lto/);
});

test.each([...architectures, 'own'] as const)('has the same programs for %s: none is of one architecture', (arch) => {
  expect(toolchain.tools(arch)).toEqual({
    ...{ CC: 'clang', LD: 'ld.lld', NM: 'llvm-nm', OBJCOPY: 'llvm-objcopy' },
  });
  if (arch !== 'own') expect(toolchain.makeVariables(arch)).toEqual(['LLVM=1', 'LLVM_IAS=1']);
});
