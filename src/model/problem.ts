/** What went wrong, as builds, stages and the API say it. */
import * as z from 'zod';
import { Fix, RetryAdvice } from '../fix.ts';
import { AnyStageName } from './stage-name.ts';

export const Detail = z.strictObject({
  pointer: z.string(),
  message: z.string(),
  value: z.string().optional(),
  hint: z.string().optional(),
  /** What a terminal or a tool said, line by line. */
  evidence: z.array(z.string()).optional(),
  /** Changes of the definition that solve it, the best first; `POST /v1/builds/{id}/fix` makes one and builds again. */
  fixes: z.array(Fix).optional(),
});

/** Why a build or a stage ended badly. */
export const Failure = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  stage: AnyStageName.nullable(),
  details: z.array(Detail),
  /** Whether another try may come out otherwise; absent where it would not, and in builds of earlier releases. */
  retry: RetryAdvice.optional(),
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
