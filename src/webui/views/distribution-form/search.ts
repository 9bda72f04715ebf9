/** What the addresses of the form say: where it begins, which step and which side of it is shown. */
import * as z from 'zod';

export const FormSearch = z.object({
  step: z.string().optional().catch(undefined),
  view: z.enum(['yaml']).optional().catch(undefined),
});
export type FormSearch = z.infer<typeof FormSearch>;

export const NewSearch = FormSearch.extend({
  /** `example:<name>`, `file`, or the id of a distribution. */
  from: z.string().optional().catch(undefined),
});
