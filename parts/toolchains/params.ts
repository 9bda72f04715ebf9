/** The parameters of every toolchain part, without its code. */
import { GccParams } from './gcc/params.ts';
import { LlvmParams } from './llvm/params.ts';

export const toolchainParams = { gcc: GccParams, llvm: LlvmParams } as const;

/** The stage image that has each: what is large has one of its own, so that nobody fetches it who does not compile with it. */
export const toolchainImages = {
  gcc: 'kernel-builder',
  llvm: 'kernel-builder-llvm',
} as const satisfies Record<keyof typeof toolchainParams, string>;
