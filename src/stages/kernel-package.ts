import * as z from 'zod';

/** A finished kernel by its Debian package, such as linux-image-6.12.118+deb13-cloud-amd64. */
export const KernelPackage = z.strictObject({ name: z.string().max(128), version: z.string().max(128) });
export type KernelPackage = z.infer<typeof KernelPackage>;
