/** A build: what is asked for, what is known of it, and what it was made of. */
import * as z from 'zod';
import { bounds } from '../definition/bounds.ts';
import { Architecture } from '../definition/definition.ts';
import { Lock } from '../stages/lock.ts';
import { Artifact, Verdict } from './artifact.ts';
import { Failure } from './problem.ts';
import { Reproducibility } from './reproducibility.ts';
import { AnyStageName } from './stage-name.ts';
import { StageRun } from './stage-run.ts';
import { Time } from './time.ts';

export const buildStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

/** Longer messages are cut in lists. */
export const summaryMessageLength = 300;

export const BuildState = z.enum(buildStates);
export type BuildState = z.infer<typeof BuildState>;

export const Build = z.strictObject({
  id: z.string(),
  distributionId: z.string().nullable(),
  number: z.int().nonnegative().describe('Counts the builds of its distribution, from 1; stays what it is.'),
  name: z.string(),
  version: z.string(),
  state: BuildState,
  arch: Architecture,
  formats: z.array(z.string()),
  createdAt: Time,
  startedAt: Time.nullable(),
  endedAt: Time.nullable(),
  /** Place in the queue, from 1; null when it is not waiting. */
  queuePosition: z.int().positive().nullable(),
  error: Failure.nullable(),
  verdict: Verdict.nullable(),
  /** The build that this one builds again, when it is a verification. */
  verifies: z.string().nullable(),
  /** What the newest verification of this build found; null without one. */
  reproducible: Reproducibility.nullable(),
  /** The newest attempt of each stage, in the order of the plan. */
  stages: z.array(StageRun),
  artifacts: z.array(Artifact),
});
export type Build = z.infer<typeof Build>;

/** A stage in a list of builds. */
export const StageSummary = StageRun.pick({
  name: true,
  state: true,
  progress: true,
  note: true,
  startedAt: true,
  endedAt: true,
  estimateSeconds: true,
});

/** A build in a list: without what may be large, such as a console that shows why it failed, and without its files. */
export const BuildSummary = Build.omit({ error: true, reproducible: true, stages: true, artifacts: true }).extend({
  error: Failure.pick({ code: true, message: true, stage: true })
    .nullable()
    .describe(`\`message\` is cut at ${summaryMessageLength} characters.`),
  reproducible: Reproducibility.shape.state.nullable().describe('What the newest verification of this build found.'),
  stages: z.array(StageSummary).describe('The newest attempt of each stage, in the order of the plan.'),
});
export type BuildSummary = z.infer<typeof BuildSummary>;

export const BuildOptions = z.strictObject({
  arch: Architecture.optional().describe("Default: the definition's."),
  formats: z
    .array(z.string().max(63))
    .min(1)
    .max(bounds.formats)
    .optional()
    .describe("Default: the definition's image.formats."),
  boot: z.boolean().default(true).describe('Boot what can boot; without it nothing is called bootable.'),
  noCache: z.boolean().default(false).describe('Rebuild everything, ignoring cached results.'),
  priority: z.int().min(-100).max(100).default(0).describe('Higher goes first.'),
});
export type BuildOptions = z.infer<typeof BuildOptions>;

/** What a build was made of. */
export const BuildInputs = z.strictObject({
  definition: z.record(z.string(), z.unknown()).describe('With every default filled in, and the build’s own choices.'),
  components: z.array(z.unknown()).describe('The user’s own components as they were when it was queued.'),
  lock: Lock.nullable().describe('null while nothing has been resolved.'),
  options: z.strictObject({ boot: z.boolean(), noCache: z.boolean(), priority: z.int() }),
  kernelOptions: z
    .array(z.strictObject({ symbol: z.string(), value: z.string(), from: z.string() }))
    .nullable()
    .describe('The kernel options that were asked for; null when the build did not get that far.'),
});
export type BuildInputs = z.infer<typeof BuildInputs>;

export const RetryRequest = z.strictObject({
  stage: AnyStageName.optional(),
  moreTime: z.boolean().default(false).describe('Doubles the time limits of the stages, up to eight times the usual.'),
});
export type RetryRequest = z.infer<typeof RetryRequest>;
