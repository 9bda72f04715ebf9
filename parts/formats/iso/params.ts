import * as z from 'zod';
import { sizeInMiB } from '../../../src/definition/image-size.ts';

/** What a file system with a journal takes at least, and a partition table of a CD at most. */
const persistenceMiB = { least: 16, most: 1 << 20 } as const;

export const IsoParams = z.strictObject({
  /** The file system of the root: one that is read and never written. */
  root: z.enum(['squashfs', 'erofs']).default('squashfs'),
  /** How long the menu is shown; with 0 it is not shown, unless a key is held. */
  timeoutSeconds: z.int().min(0).max(3600).default(3),
  /** The size of a partition behind it that keeps what the system writes where the medium can be written to; absent: nothing is kept. */
  persistence: z
    .string()
    .regex(/^[1-9][0-9]{0,6}[MGT](iB)?$/, {
      error: 'must be a number with M, G or T, such as 512M',
      abort: true,
    })
    .overwrite((size) => size.replace('iB', ''))
    .refine((size) => {
      const mib = sizeInMiB(size);
      return mib >= persistenceMiB.least && mib <= persistenceMiB.most;
    }, `must be at least ${persistenceMiB.least}M, and at most 1T`)
    .optional(),
});
export type IsoParams = z.infer<typeof IsoParams>;
