/** Every toolchain that the kernel-builder has. */
import type { Part } from '../part.ts';
import { gcc } from './gcc/gcc.ts';
import type { toolchainParams } from './params.ts';
import type { Toolchain } from './toolchain.ts';

export const toolchains: Readonly<Record<keyof typeof toolchainParams, Part<Toolchain>>> = { gcc };
