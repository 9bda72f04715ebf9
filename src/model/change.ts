/** What the one stream of changes says, event by event: `type` is the name of the event. */
import * as z from 'zod';
import { BuildSummary } from './build.ts';
import { DistributionSummary } from './distribution.ts';

/** Of a longer queue only so many builds are named. */
export const namedInQueue = 200;

export const Change = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('reset') })
    .describe('Comes first, and where changes were missed: read the lists again. What changes from now on follows.'),
  z.strictObject({ type: z.literal('build'), build: BuildSummary }),
  z.strictObject({ type: z.literal('distribution'), distribution: DistributionSummary }),
  z.strictObject({ type: z.literal('removed'), what: z.enum(['build', 'distribution']), id: z.string() }),
  z.strictObject({
    type: z.literal('queue'),
    running: z.int().nonnegative(),
    queued: z.int().nonnegative(),
    next: z.array(z.string()).describe(`Ids of the builds that wait, in their order; the first ${namedInQueue}.`),
  }),
  z
    .strictObject({ type: z.literal('component'), id: z.string().describe('`kind/name`.') })
    .describe('A custom component was added, changed or removed.'),
  z.strictObject({ type: z.literal('stage-images') }).describe('Stage images were built, pulled or loaded.'),
]);
export type Change = z.infer<typeof Change>;
