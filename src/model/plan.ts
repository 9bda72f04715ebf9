/** What a build will run. */
import * as z from 'zod';
import { Architecture } from '../definition/definition.ts';
import { imageNames } from '../stages/names.ts';
import { StageEstimate } from './estimate.ts';
import { Detail } from './problem.ts';
import { AnyStageName } from './stage-name.ts';

/** What a definition comes to: the components it draws in, and the stages that make it. Keys need a lock and stage images. */
export const PlanSummary = z.strictObject({
  name: z.string(),
  version: z.string(),
  arch: Architecture,
  formats: z.array(z.string()),
  components: z.array(
    z.strictObject({
      kind: z.string(),
      name: z.string(),
      title: z.string(),
      /** Where the definition chooses it, as a JSON pointer; or whose requirement it is, in words. */
      because: z.string(),
      /** Whether the definition chooses it. */
      chosen: z.boolean(),
    }),
  ),
  packages: z.array(z.strictObject({ name: z.string(), from: z.string() })),
  /** Remarks on what the lock leaves out, as sentences; empty while the packages are not locked. */
  notes: z.array(z.string()),
  /** What could not be judged now, and when it will be; `pointer` leads into the definition. */
  unchecked: z.array(Detail),
  /** Words of the kernel's command line, in their order; root= and ro, which only a build knows in full, come before them. */
  cmdline: z.array(z.strictObject({ word: z.string(), from: z.string() })),
  kernelOptions: z.array(z.strictObject({ symbol: z.string(), value: z.string(), from: z.string() })),
  stages: z.array(
    z.strictObject({
      name: AnyStageName,
      image: z.enum(imageNames),
      after: z.array(AnyStageName),
      key: z.string().nullable(),
      /** Whether a build that begins now finds its result; null while that cannot be known. */
      cached: z.boolean().nullable(),
      /** Why it would run, or why it would not have to. */
      reason: z.string().nullable(),
      ...StageEstimate.shape,
    }),
  ),
});
export type PlanSummary = z.infer<typeof PlanSummary>;
