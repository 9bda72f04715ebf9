/** What requests carry, and answers that only the API gives; the shapes that everybody shares are in shapes.ts. */
import * as z from 'zod';
import { Architecture } from '../definition/definition.ts';
import { Lock } from '../stages/lock.ts';
import { imageNames } from '../stages/names.ts';
import {
  AttemptShape,
  DetailShape,
  DistributionInput,
  DistributionShape,
  LogEntry,
  PlanShape,
  ProblemShape,
  StageImageShape,
  StageNameShape,
} from './shapes.ts';

export const ValidateRequest = DistributionInput.extend({
  boot: z.boolean().default(true).describe('Whether the build would boot what can boot.'),
  noCache: z.boolean().default(false).describe('Whether the build would run every stage, whatever the cache holds.'),
  distribution: z
    .string()
    .regex(/^[0-9A-Za-z_-]{1,64}$/, 'must be the id of a distribution')
    .optional()
    .describe(
      'The distribution it is of: its lock counts when none is sent, and reasons name what differs from its builds.',
    ),
});

/** A component that a key of a definition can name, and what would be wrong if it did. */
export const ChoiceShape = z.strictObject({
  kind: z.string(),
  name: z.string(),
  chosen: z.boolean(),
  /** Empty for what is chosen: what is wrong with that, validation tells. */
  faults: z.array(DetailShape),
});
export type ChoiceShape = z.infer<typeof ChoiceShape>;

/** What a definition comes to or what is wrong with it, for a form that asks as one types. */
export const CheckShape = z.strictObject({
  plan: PlanShape.nullable().describe('null when there is a problem.'),
  problem: ProblemShape.nullable().describe('What POST /v1/distributions/validate would refuse it with.'),
  choices: z.array(ChoiceShape).describe('Empty while the definition is not valid.'),
});

/** A definition that is shipped with LDF to begin with. */
export const ExampleShape = z.strictObject({ name: z.string(), summary: z.string(), yaml: z.string() });
export type ExampleShape = z.infer<typeof ExampleShape>;

export const ExampleList = z.strictObject({ items: z.array(ExampleShape) });

export const LockDraftRequest = DistributionInput.extend({
  arch: Architecture.optional().describe("Default: the definition's."),
  update: z.boolean().default(false).describe('Resolve every group anew.'),
});

export const RetryRequest = z.strictObject({
  stage: StageNameShape.optional(),
});
export type RetryRequest = z.infer<typeof RetryRequest>;

export const AttemptList = z.strictObject({ items: z.array(AttemptShape) });

/** A distribution in a list: without its definition and locks, which may be large. */
export const DistributionSummary = DistributionShape.omit({ definition: true, locks: true });
export type DistributionSummary = z.infer<typeof DistributionSummary>;

/** What a build was made of. */
export const BuildInputsShape = z.strictObject({
  definition: z.record(z.string(), z.unknown()).describe('With every default filled in, and the build’s own choices.'),
  components: z.array(z.unknown()).describe('The user’s own components as they were when it was queued.'),
  lock: Lock.nullable().describe('null while nothing has been resolved.'),
  options: z.strictObject({ boot: z.boolean(), noCache: z.boolean(), priority: z.int() }),
  kernelOptions: z
    .array(z.strictObject({ symbol: z.string(), value: z.string(), from: z.string() }))
    .nullable()
    .describe('What was asked of the kernel; null when the build did not come to it.'),
});
export type BuildInputsShape = z.infer<typeof BuildInputsShape>;

export const LogLine = LogEntry.extend({
  id: z.int().nonnegative().describe('The position just after the line.'),
});
export type LogLine = z.infer<typeof LogLine>;

export const LogPage = z.strictObject({
  items: z.array(LogLine),
  next: z.int().nonnegative().describe('Where to read on; the same as `after` when there is no more for now.'),
});
export type LogPage = z.infer<typeof LogPage>;

export const PullRequest = z.strictObject({
  from: z
    .string()
    .max(255)
    .regex(
      /^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(\/[a-z0-9][a-z0-9._-]*)*$/,
      'must be a registry and path such as registry.example/ldf',
    )
    .describe('Registry and path under which the stage images are published, such as registry.example/ldf.'),
});

export const ImageProgressShape = z.strictObject({
  image: z.enum([...imageNames, 'base']),
  kind: z.enum(['step', 'log', 'done']).describe('A step begins, a line of its output, or the image is there.'),
  step: z.int().nonnegative(),
  steps: z.int().nonnegative().describe('0: not counted.'),
  text: z.string(),
});
export type ImageProgressShape = z.infer<typeof ImageProgressShape>;

/** A setting of the server as it is in force, by the environment variable that sets it. */
export const SettingShape = z.strictObject({
  name: z.string(),
  description: z.string(),
  value: z.string().describe('As it would be written; a password in it is left out. Empty: nothing is set.'),
  given: z.boolean().describe('The environment says so; otherwise it is the default.'),
  /** The stage whose limit it is; null for all others. */
  stage: StageNameShape.nullable(),
});
export type SettingShape = z.infer<typeof SettingShape>;

export const SettingList = z.strictObject({ items: z.array(SettingShape) });

export const StageImageList = z.strictObject({ items: z.array(StageImageShape) });
