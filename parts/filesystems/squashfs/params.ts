import * as z from 'zod';

export const SquashfsParams = z.strictObject({
  /** What content is compressed with; the kernel has an option for each: CONFIG_SQUASHFS_ZSTD, _XZ, _ZLIB (gzip), _LZ4. */
  compression: z.enum(['zstd', 'xz', 'gzip', 'lz4']).default('zstd'),
});
export type SquashfsParams = z.infer<typeof SquashfsParams>;

export const squashfsTraits = { readByUefi: false, writable: false, grows: false, keepsOwners: true } as const;
