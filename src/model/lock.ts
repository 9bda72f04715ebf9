/** Asking for a lock, and what moved in it; the lock itself is in src/stages/lock.ts. */
import * as z from 'zod';
import { Architecture } from '../definition/definition.ts';
import { Lock } from '../stages/lock.ts';
import { DistributionInput } from './distribution.ts';
import { PlanSummary } from './plan.ts';

/** One thing that changed between two locks. */
export const LockChange = z.strictObject({
  group: z.enum(['kernel', 'packages', 'boot']),
  name: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
});
export type LockChange = z.infer<typeof LockChange>;

export const LockRequest = z.strictObject({
  arch: Architecture.optional(),
  update: z.boolean().default(false).describe('Resolve every group again.'),
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
