/** How long a stage is likely to take. */
import * as z from 'zod';

export const StageEstimate = z.strictObject({
  /** What like runs took, median of the history; null without one. */
  estimateSeconds: z.number().nullable(),
  /** Between what most of them took; absent while they are fewer than three. */
  estimateRange: z
    .strictObject({ fromSeconds: z.number().nonnegative(), toSeconds: z.number().nonnegative() })
    .optional(),
});
export type StageEstimate = z.infer<typeof StageEstimate>;
