import * as z from 'zod';

/** A kernel comes as source, to be configured and compiled, or as a binary that is finished: each of its sources gives one of the two. */
export const KernelForm = z.enum(['source', 'binary']);
export type KernelForm = z.infer<typeof KernelForm>;
