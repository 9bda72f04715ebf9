/** What compile leaves, apart from its parameters: all that a stage which reads its layer has to know. */
import * as z from 'zod';
import { type LayerContract, OutputPath } from '../contract.ts';

export const CompileData = z.strictObject({
  release: z.string(),
  /** Outputs by role; `modules` is a tar of usr/lib/modules/<release> when there are any. */
  image: OutputPath,
  modules: OutputPath.nullable(),
});
export type CompileData = z.infer<typeof CompileData>;

export const compileLayer = { stage: 'compile', data: CompileData } as const satisfies LayerContract;
