import * as z from 'zod';
import type { Database } from '../dialect.ts';
import type { Store } from '../store.ts';

const Sums = z.tuple([
  z.object({
    layers: z.coerce.number(),
    sources: z.coerce.number(),
    caches: z.coerce.number(),
    artifacts: z.coerce.number(),
  }),
]);

/** Sums over rows, which cost the same however much there is on disk. */
export function storedBytesOf({ db, dialect }: Database): Pick<Store, 'storedBytes'> {
  return {
    async storedBytes() {
      return Sums.parse(await dialect.storedBytes(db))[0];
    },
  };
}
