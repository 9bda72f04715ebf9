/** What requests carry, and answers that only the API gives; the shapes that everybody shares are in shapes.ts. */
import { z } from 'zod';
import { Architecture } from '../definition/definition.ts';
import { imageNames, stageNames } from '../stages/names.ts';
import { AttemptShape, DistributionInput, DistributionShape, LogEntry, StageImageShape } from './shapes.ts';

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

/** A definition that is shipped with LDF to begin with. */
export const ExampleShape = z.strictObject({ name: z.string(), summary: z.string(), yaml: z.string() });
export type ExampleShape = z.infer<typeof ExampleShape>;

export const ExampleList = z.strictObject({ items: z.array(ExampleShape) });

export const LockDraftRequest = DistributionInput.extend({
  arch: Architecture.optional().describe("Default: the definition's."),
  update: z.boolean().default(false).describe('Resolve every group anew.'),
});

export const RetryRequest = z.strictObject({
  stage: z.enum(stageNames).optional().describe('Where to begin again. Default: the first stage that did not succeed.'),
});
export type RetryRequest = z.infer<typeof RetryRequest>;

export const AttemptList = z.strictObject({ items: z.array(AttemptShape) });

/** A distribution in a list: without its definition and locks, which may be large. */
export const DistributionSummary = DistributionShape.omit({ definition: true, locks: true });
export type DistributionSummary = z.infer<typeof DistributionSummary>;

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

export const StageImageList = z.strictObject({ items: z.array(StageImageShape) });
