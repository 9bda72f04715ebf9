/** Clang, lld and the binary tools of LLVM, which make programs for every architecture (Documentation/kbuild/llvm.rst). */
import { definePart } from '../../part.ts';
import type { Toolchain } from '../toolchain.ts';
import { LlvmParams } from './params.ts';

export const llvm = definePart(
  LlvmParams,
  (): Toolchain => ({
    // The kernel's Makefile tells clang the triplet by ARCH, and takes its own assembler.
    makeVariables: () => ['LLVM=1', 'LLVM_IAS=1'],
    tools: () => ({ CC: 'clang', LD: 'ld.lld', NM: 'llvm-nm', OBJCOPY: 'llvm-objcopy' }),
  }),
);
