import * as z from 'zod';

export const DebianBinaryParams = z.strictObject({
  /** The release that has it, such as trixie. */
  suite: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name of a suite such as trixie'),
  /** The package of the kernel, or one that depends on the newest of its sort. */
  package: z.string().regex(/^[a-z0-9][a-z0-9+.-]{1,127}$/, 'must be a package such as linux-image-amd64'),
});
export type DebianBinaryParams = z.infer<typeof DebianBinaryParams>;
