/** What LDF's files take on disk, and what garbage collection removes. */
import * as z from 'zod';
import { Time } from './time.ts';

/** What LDF's files take, and the bounds of it. */
export const DiskReport = z.strictObject({
  layerBytes: z.int(),
  sourceBytes: z.int(),
  /** null while it cannot be measured. */
  cacheBytes: z.int().nullable(),
  artifactBytes: z.int(),
  /** All of these. */
  usedBytes: z.int(),
  /** null without one. */
  budgetBytes: z.int().nullable(),
  /** Free space that is left to others. */
  reserveBytes: z.int(),
  /** Where artifacts are. */
  freeBytes: z.int(),
  /** Where Docker keeps layers and sources; null when that is another machine. */
  dockerFreeBytes: z.int().nullable(),
});
export type DiskReport = z.infer<typeof DiskReport>;

export const collectableKinds = ['layer', 'source', 'cache', 'artifact'] as const;

export const GcRequest = z.strictObject({
  dryRun: z.boolean().default(false).describe('Report what would be removed, and remove nothing.'),
  freeBytes: z
    .int()
    .nonnegative()
    .default(0)
    .describe('Free so much, even while everything is within budget and reserve.'),
});

/** What garbage collection removed, or would remove, and what it left. */
export const GcReport = z.strictObject({
  dryRun: z.boolean(),
  /** How much there was to free. */
  wantedBytes: z.int(),
  freedBytes: z.int(),
  /** In the order in which they go. */
  removed: z.array(
    z.strictObject({
      kind: z.enum(collectableKinds),
      name: z.string(),
      sizeBytes: z.int(),
      lastUsedAt: Time,
      why: z.string(),
    }),
  ),
  /** What stays, by kind and reason. */
  kept: z.array(
    z.strictObject({ kind: z.enum(collectableKinds), why: z.string(), count: z.int(), sizeBytes: z.int() }),
  ),
});
export type GcReport = z.infer<typeof GcReport>;
