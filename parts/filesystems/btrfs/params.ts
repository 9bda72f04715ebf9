import * as z from 'zod';

/** A name that mkfs.btrfs(8) and mount options take as it is. */
const SubvolumeName = z
  .string()
  .regex(/^@?[A-Za-z0-9_-]{0,31}$/, 'must be a name such as @home')
  .min(1);

export const BtrfsParams = z.strictObject({
  /** What content is compressed with when the image is made; the mount options say what becomes of what is written later. */
  compression: z.enum(['none', 'zstd', 'lzo', 'zlib']).default('zstd'),
  /** Of zstd 1 to 15, of zlib 1 to 9; by default 3. */
  level: z.int().min(1).max(15).optional(),
  /** Folders that become subvolumes. The one of `/` is mounted where nothing else is said. */
  subvolumes: z
    .array(
      z.strictObject({
        name: SubvolumeName,
        /** A folder at the top of the tree, or / for everything that is in no other. */
        path: z.string().regex(/^\/[A-Za-z0-9_-]{0,31}$/, 'must be / or a folder at the top, such as /home'),
      }),
    )
    .max(16)
    .refine((all) => all.length === 0 || all.filter(({ path }) => path === '/').length === 1, 'must have one for /')
    .default([]),
});
export type BtrfsParams = z.infer<typeof BtrfsParams>;

export const btrfsTraits = { readByUefi: false, writable: true, grows: true, keepsOwners: true } as const;
