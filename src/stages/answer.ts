/**
 * The answer of a query. Queries are questions that a stage image answers outside any build, each in a container of a
 * stage, with what that stage may do; the answer is a list of entries in one file.
 */
import * as z from 'zod';

/** The file with the entries, below /ldf/out. */
export const answerFile = 'answer.json';

/** What result.json says besides the answer's file. */
export const QueryData = z.strictObject({ entries: z.int().nonnegative() });
export type QueryData = z.infer<typeof QueryData>;
