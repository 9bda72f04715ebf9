import * as z from 'zod';

/** A finished kernel by its Debian package, such as linux-image-6.12.118+deb13-cloud-amd64. */
export const KernelPackage = z.strictObject({
  name: z.string().max(128),
  version: z.string().max(128),
  /** What `uname -r` says of it, as its source knows; locks that were written before do not have it. */
  release: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}$/, 'must be what `uname -r` says, such as 6.12.57+deb13-amd64')
    .optional(),
});
export type KernelPackage = z.infer<typeof KernelPackage>;
