/** A stage of a build, attempt by attempt. */
import * as z from 'zod';
import { Usage } from '../stages/contract.ts';
import { StageEstimate } from './estimate.ts';
import { Failure } from './problem.ts';
import { AnyStageName } from './stage-name.ts';
import { Time } from './time.ts';

export const stageStates = ['pending', 'running', 'succeeded', 'cached', 'failed', 'cancelled', 'skipped'] as const;

export const StageState = z.enum(stageStates);
export type StageState = z.infer<typeof StageState>;

export const StageRun = z.strictObject({
  name: AnyStageName,
  after: z.array(AnyStageName).describe('The stages that it waits for.'),
  state: StageState,
  attempt: z.int().positive(),
  progress: z.number().min(0).max(1),
  note: z.string(),
  key: z.string().nullable(),
  /** Why it ran, or why it did not have to. */
  reason: z.string().nullable(),
  startedAt: Time.nullable(),
  endedAt: Time.nullable(),
  ...StageEstimate.shape,
  /** What its container has used so far; null while nothing is known of it. */
  usage: Usage.nullable(),
  error: Failure.nullable(),
});
export type StageRun = z.infer<typeof StageRun>;

/** One thing that was other than before: a parameter by its path, the stage image, or an input. null: it was not there. */
export const Difference = z.strictObject({
  what: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type Difference = z.infer<typeof Difference>;

/** The earlier run that a reason was worked out from, and every difference from it. */
export const Comparison = z.strictObject({
  build: z.string(),
  attempt: z.int().positive(),
  differences: z.array(Difference),
});
export type Comparison = z.infer<typeof Comparison>;

/** One attempt at a stage, with all that is known of why it ran. */
export const Attempt = StageRun.extend({
  forced: z.boolean().describe('A retry named its stage or one before it.'),
  exitCode: z.int().nullable(),
  /** null when the reason is another than a difference. */
  compared: Comparison.nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

export const AttemptList = z.strictObject({ items: z.array(Attempt) });
