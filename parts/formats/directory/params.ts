import * as z from 'zod';

export const DirectoryParams = z.strictObject({
  /** The file system of the root: one that is read and never written. */
  root: z.enum(['squashfs', 'erofs']).default('squashfs'),
});
export type DirectoryParams = z.infer<typeof DirectoryParams>;
