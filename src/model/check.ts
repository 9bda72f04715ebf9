/** What a definition comes to, asked before anything is built. */
import * as z from 'zod';
import { DistributionInput } from './distribution.ts';
import { PlanSummary } from './plan.ts';
import { Detail, Problem } from './problem.ts';

export const ValidateRequest = DistributionInput.extend({
  boot: z.boolean().default(true).describe('Whether the build would boot what can boot.'),
  kernelOnly: z
    .boolean()
    .default(false)
    .describe(
      'Whether only its kernel is to be made, as for its configuration: that takes no machine of its architecture.',
    ),
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
export const Choice = z.strictObject({
  kind: z.string(),
  name: z.string(),
  chosen: z.boolean(),
  /** Empty for what is chosen: what is wrong with that, validation tells. */
  problems: z.array(Detail),
});
export type Choice = z.infer<typeof Choice>;

/** What a definition comes to or what is wrong with it, for a form that asks as one types. */
export const DefinitionCheck = z.strictObject({
  plan: PlanSummary.nullable().describe('null when there is a problem.'),
  problem: Problem.nullable().describe('What POST /v1/distributions/validate would refuse it with.'),
  choices: z.array(Choice).describe('Empty while the definition is not valid.'),
});
