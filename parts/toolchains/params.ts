/** The parameters of every toolchain part, without its code. */
import { GccParams } from './gcc/params.ts';

export const toolchainParams = { gcc: GccParams } as const;
