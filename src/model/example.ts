/** The definitions that are shipped with LDF. */
import * as z from 'zod';
import { Distribution } from './distribution.ts';

/** A definition that is shipped with LDF to begin with. */
export const Example = z.strictObject({
  name: z.string(),
  summary: z.string(),
  yaml: z.string(),
  components: Distribution.shape.components,
  packages: z.array(z.string()).describe('Those it names itself; components and dependencies add more.'),
  logins: z.array(z.string()).describe('Users who can log in once their sample keys are replaced; empty: nobody can.'),
});
export type Example = z.infer<typeof Example>;

export const ExampleList = z.strictObject({ items: z.array(Example) });
