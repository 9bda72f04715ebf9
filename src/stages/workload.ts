/** What the time of a run is made of, as its stage states it: what history tells of the next run depends on it. */
import * as z from 'zod';

/** A word or two each, such as a series, a choice, a format. */
const mostKindLength = 200;

export const Workload = z.strictObject({
  /** Runs of another kind tell nothing of this one; '': all of the stage are alike. */
  kind: z.string().max(mostKindLength),
  /** How much there is to do, in the stage's own unit; runs take the longer the more it is. null: not known (yet). */
  amount: z.number().nonnegative().nullable(),
});
export type Workload = z.infer<typeof Workload>;

/** Of a stage that has always the same to do. */
export const alwaysAlike: Workload = { kind: '', amount: null };

/** A kind out of its words. */
export function kindOf(...words: readonly string[]): string {
  return words.join(' ').slice(0, mostKindLength);
}
