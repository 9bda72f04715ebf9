/** A distribution: a definition under a name, with its locks. */
import * as z from 'zod';
import { boundedRecord, bounds } from '../definition/bounds.ts';
import { Architecture } from '../definition/definition.ts';
import { Lock } from '../stages/lock.ts';
import { Verdict } from './artifact.ts';
import { BuildState } from './build.ts';
import { Time } from './time.ts';

export const Distribution = z.strictObject({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  arch: Architecture,
  /** As it was written; defaults are not filled in. */
  definition: z.record(z.string(), z.unknown()),
  /** The stored locks, by architecture. */
  locks: z.partialRecord(Architecture, Lock),
  lockedAt: z.partialRecord(Architecture, Time).describe('When each lock was stored.'),
  revision: z
    .string()
    .describe('Names what the definition says. As the ETag of the answer it goes into If-Match of what replaces it.'),
  components: z
    .array(z.strictObject({ kind: z.string(), name: z.string() }))
    .describe('What the definition chooses, with its defaults; what these draw in, a plan tells.'),
  createdAt: Time,
  updatedAt: Time,
  lastBuild: z
    .strictObject({
      id: z.string(),
      number: z.int().nonnegative(),
      state: BuildState,
      createdAt: Time,
      verdict: Verdict.nullable(),
      images: z.array(z.strictObject({ format: z.string(), sizeBytes: z.int().nonnegative() })),
    })
    .nullable(),
});
export type Distribution = z.infer<typeof Distribution>;

export const DistributionInput = z.strictObject({
  definition: boundedRecord(z.string().max(bounds.lineLength), z.unknown(), bounds.keys).describe(
    'A definition; see docs/definition.md.',
  ),
  lock: Lock.optional().describe('The lock that belongs to it, if there is one.'),
});

/** A distribution in a list: without its definition and locks, which may be large, and what belongs to these. */
export const DistributionSummary = Distribution.omit({
  definition: true,
  locks: true,
  lockedAt: true,
  revision: true,
});
export type DistributionSummary = z.infer<typeof DistributionSummary>;
