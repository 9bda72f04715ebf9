/** Every toolchain that kernels are compiled with. */
import type { Part } from '../part.ts';
import { gcc } from './gcc/gcc.ts';
import { llvm } from './llvm/llvm.ts';
import type { toolchainParams } from './params.ts';
import type { Toolchain } from './toolchain.ts';

export const toolchains: Readonly<Record<keyof typeof toolchainParams, Part<Toolchain>>> = { gcc, llvm };
