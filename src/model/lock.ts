/** Asking for a lock, and what moved in it; the lock itself is in src/stages/lock.ts. */
import * as z from 'zod';
import { Architecture } from '../definition/definition.ts';
import { Lock } from '../stages/lock.ts';
import { DistributionInput } from './distribution.ts';
import { PlanSummary } from './plan.ts';

/** The parts of a lock that are resolved each by itself. */
export const lockGroups = ['kernel', 'packages', 'boot'] as const;
export const LockGroup = z.enum(lockGroups);
export type LockGroup = z.infer<typeof LockGroup>;

/** One thing that changed between two locks. */
export const LockChange = z.strictObject({
  group: LockGroup,
  name: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  security: z.boolean().describe('The version in `to` comes from a suite of security updates.'),
});
export type LockChange = z.infer<typeof LockChange>;

export const LockRequest = z.strictObject({
  arch: Architecture.optional(),
  update: z.boolean().default(false).describe('Resolve again what the lock has.'),
  groups: z
    .array(LockGroup)
    .min(1)
    .max(lockGroups.length)
    .optional()
    .describe('With `update`: only these are resolved again, and what depends on them. Default: all.'),
  dryRun: z.boolean().default(false).describe('Say what would move and store nothing.'),
});

export const LockAnswer = z.strictObject({
  lock: Lock,
  changes: z.array(LockChange),
  notes: PlanSummary.shape.notes,
  stored: z.boolean(),
});
export type LockAnswer = z.infer<typeof LockAnswer>;

export const LockDraftRequest = DistributionInput.extend({
  arch: Architecture.optional().describe("Default: the definition's."),
  update: z.boolean().default(false).describe('Resolve every group again.'),
});
