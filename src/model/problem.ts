/** What went wrong, as builds, stages and the API say it. */
import * as z from 'zod';
import { AnyStageName } from './stage-name.ts';

export const Detail = z.strictObject({
  pointer: z.string(),
  message: z.string(),
  value: z.string().optional(),
  hint: z.string().optional(),
});

/** Why a build or a stage ended badly. */
export const Failure = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  stage: AnyStageName.nullable(),
  details: z.array(Detail),
});
export type Failure = z.infer<typeof Failure>;

/** RFC 9457 problem document. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  hint: z.string().optional(),
  errors: z.array(Detail).optional(),
});
export type Problem = z.infer<typeof Problem>;
