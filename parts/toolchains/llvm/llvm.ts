/** Clang, lld and the binary tools of LLVM, which make programs for every architecture (Documentation/kbuild/llvm.rst). */
import { triplets } from '../../../src/architecture.ts';
import { definePart } from '../../part.ts';
import type { Toolchain } from '../toolchain.ts';
import { LlvmParams } from './params.ts';

/** As scripts/Makefile.clang has them: without the first, Kconfig takes the assembler for GNU's, which is not there. */
const clangFlags = [
  '-fintegrated-as',
  ...['unknown-warning-option', 'ignored-optimization-argument', 'option-ignored', 'unused-command-line-argument'].map(
    (warning) => `-Werror=${warning}`,
  ),
];

export const llvm = definePart(
  LlvmParams,
  (): Toolchain => ({
    // The kernel's Makefile tells clang the triplet by ARCH, and takes its own assembler.
    makeVariables: () => ['LLVM=1', 'LLVM_IAS=1'],
    tools: (arch) => ({
      ...{ CC: 'clang', LD: 'ld.lld', NM: 'llvm-nm', OBJCOPY: 'llvm-objcopy' },
      CLANG_FLAGS: [...(arch === 'own' ? [] : [`--target=${triplets[arch]}`]), ...clangFlags].join(' '),
    }),
  }),
);
