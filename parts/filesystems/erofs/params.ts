import * as z from 'zod';

export const ErofsParams = z.strictObject({
  /**
   * What content is compressed with. Every kernel that has erofs with compression reads lz4 (lz4hc is the same format, made
   * slower and smaller); deflate needs Linux 6.6 with CONFIG_EROFS_FS_ZIP_DEFLATE, zstd 6.10 with CONFIG_EROFS_FS_ZIP_ZSTD.
   */
  compression: z.enum(['none', 'lz4', 'lz4hc', 'deflate', 'zstd']).default('lz4hc'),
});
export type ErofsParams = z.infer<typeof ErofsParams>;

export const erofsTraits = { readByUefi: false, writable: false, grows: false, keepsOwners: true } as const;
