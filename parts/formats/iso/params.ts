import * as z from 'zod';

export const IsoParams = z.strictObject({
  /** The file system of the root: one that is read and never written. */
  root: z.enum(['squashfs', 'erofs']).default('squashfs'),
  /** How long the menu is shown; with 0 it is not shown, unless a key is held. */
  timeoutSeconds: z.int().min(0).max(3600).default(3),
});
export type IsoParams = z.infer<typeof IsoParams>;
