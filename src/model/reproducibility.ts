/** What building the same again from nothing found. */
import * as z from 'zod';
import { AnyStageName } from './stage-name.ts';
import { Time } from './time.ts';

/** An artifact as the build made it, and as its verification did; null where one of them has none of that name. */
export const RebuiltArtifact = z.strictObject({
  name: z.string(),
  sha256: z.string().nullable(),
  again: z.string().nullable(),
  same: z.boolean(),
  /** Offset of the first byte that differs, from 0; null when there is none, or no two files to compare. */
  firstDifferentByte: z.int().nonnegative().nullable(),
});
export type RebuiltArtifact = z.infer<typeof RebuiltArtifact>;

/** The first output that differs, in the order of the stages: where to look for the cause. */
export const FirstDifference = z.strictObject({
  stage: AnyStageName,
  path: z.string(),
  /** The first differing file in it, when it is a tar archive. */
  member: z.string().nullable(),
  /** In words: what differs about it. */
  how: z.string(),
});
export type FirstDifference = z.infer<typeof FirstDifference>;

/** What building again from nothing found. `failed`: it did not come to a comparison. */
export const Reproducibility = z.strictObject({
  state: z.enum(['same', 'different', 'failed']),
  at: Time,
  by: z.string().describe('The build that did it.'),
  artifacts: z.array(RebuiltArtifact),
  firstDifference: FirstDifference.nullable(),
});
export type Reproducibility = z.infer<typeof Reproducibility>;
