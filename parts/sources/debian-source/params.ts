import * as z from 'zod';

export const DebianSourceParams = z.strictObject({
  /** The release that has it, such as trixie. */
  suite: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name of a suite such as trixie'),
  /** A configuration that Debian has for it: the package that brings it, and its file there, such as config.amd64_none_amd64.xz. */
  config: z
    .strictObject({
      package: z.string().regex(/^linux-config-[a-z0-9.+-]{1,100}$/, 'must be a package such as linux-config-6.12'),
      file: z.string().regex(/^config\.[a-z0-9_-]{1,100}\.xz$/, 'must be a file such as config.amd64_none_amd64.xz'),
    })
    .optional(),
  /** The package of the tree. */
  package: z.string().regex(/^[a-z0-9][a-z0-9+.-]{1,127}$/, 'must be a package such as linux-source-6.12'),
});
export type DebianSourceParams = z.infer<typeof DebianSourceParams>;
