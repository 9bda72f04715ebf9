/** The definitions that are shipped with LDF. */
import * as z from 'zod';

/** A definition that is shipped with LDF to begin with. */
export const Example = z.strictObject({
  name: z.string(),
  summary: z.string(),
  yaml: z.string(),
  logins: z.array(z.string()).describe('Users who can log in once their sample keys are replaced; empty: nobody can.'),
});
export type Example = z.infer<typeof Example>;

export const ExampleList = z.strictObject({ items: z.array(Example) });
