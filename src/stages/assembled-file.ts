import * as z from 'zod';
import { Origin } from './origin.ts';

/** A file of the definition or of a component, as it is put into the root file system. */
export const AssembledFile = z.strictObject({
  path: z.string(),
  content: z.string(),
  mode: z.string(),
  /** `user` or `user:group`; without one, the user in whose home directory the file stands, else root. */
  owner: z.string().optional(),
  from: Origin,
});
export type AssembledFile = z.infer<typeof AssembledFile>;
