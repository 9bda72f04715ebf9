import * as z from 'zod';

/** What a definition wants otherwise stands in files of its own below /etc/dracut.conf.d; see dracut.conf(5). */
export const DracutParams = z.strictObject({});

/** It is made of the image's own packages. */
export const dracutTraits = { bootPackages: { always: [], verity: [] }, lays: false } as const;
