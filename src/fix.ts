/** What can be done about an error, as data: by a change of the definition, or by trying again. */
import * as z from 'zod';

/** Of one problem. */
export const mostFixes = 5;

/** Lines that show a problem. */
export const mostEvidence = 100;

/** What stands at a place of a definition that a fix changes: a single value; null stands for nothing. */
const Single = z.union([z.string().max(500), z.number(), z.boolean(), z.null()]);

/**
 * One change of the definition: `from` stands at `pointer` and `to` should. `to` null removes the key or entry;
 * `from` null says that there was none. Whoever makes it finds `from` there, or leaves the definition alone.
 */
export const Fix = z.strictObject({
  pointer: z
    .string()
    .max(500)
    .regex(/^(?:\/(?:[^~/]|~[01])+)+$/, 'must be a JSON pointer below the whole definition'),
  from: Single,
  to: Single,
});
export type Fix = z.infer<typeof Fix>;

/**
 * Whether the cause may lie outside the definition, so that another try can come out otherwise: with all as it was, or with
 * more time. Absent: the same comes out again.
 */
export const RetryAdvice = z.enum(['same', 'more-time']);
export type RetryAdvice = z.infer<typeof RetryAdvice>;
