import * as z from 'zod';

export const DebianSourceParams = z.strictObject({
  /** The release that has it, such as trixie. */
  suite: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name of a suite such as trixie'),
  /** The package of the tree. */
  package: z.string().regex(/^[a-z0-9][a-z0-9+.-]{1,127}$/, 'must be a package such as linux-source-6.12'),
});
export type DebianSourceParams = z.infer<typeof DebianSourceParams>;
