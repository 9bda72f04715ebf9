/** The query `kconfig`: what may be set in a kernel source. It is answered in a container of prepare, which reads sources. */
import * as z from 'zod';
import { KernelSymbol } from '../../definition/kernel-symbol.ts';
import { ChosenPart } from '../chosen-part.ts';
import type { QueryContract } from '../contract.ts';
import { LockedKernelSource, mostKernelSources } from '../locked-package.ts';

/** A symbol of a kernel source, as it is for one architecture. */
export const KconfigEntry = z.strictObject({
  symbol: KernelSymbol,
  type: z.enum(['bool', 'tristate', 'string', 'int', 'hex']),
  /** null: it cannot be set by itself, other options select it. */
  prompt: z.string().nullable(),
  help: z.string().nullable(),
});
export type KconfigEntry = z.infer<typeof KconfigEntry>;

export const kconfigQuery = {
  query: 'kconfig',
  params: z.strictObject({
    source: ChosenPart,
    toolchain: ChosenPart,
    sources: z.array(LockedKernelSource).max(mostKernelSources),
  }),
  entry: KconfigEntry,
} as const satisfies QueryContract;
export type KconfigQueryParams = z.infer<typeof kconfigQuery.params>;
