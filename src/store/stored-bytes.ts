import * as z from 'zod';
import type { PrismaClient } from './generated/client.ts';
import type { Store } from './store.ts';

const Sums = z.tuple([
  z.object({
    layers: z.coerce.number(),
    sources: z.coerce.number(),
    caches: z.coerce.number(),
    artifacts: z.coerce.number(),
  }),
]);

/** Sums over rows, which cost the same however much there is on disk. */
export function storedBytesOf(db: PrismaClient): Pick<Store, 'storedBytes'> {
  return {
    async storedBytes() {
      // Builds share equal contents, so each counts once.
      const rows = await db.$queryRaw`
        SELECT
          (SELECT coalesce(sum("sizeBytes"), 0) FROM "Layer") AS "layers",
          (SELECT coalesce(sum("sizeBytes"), 0) FROM "Source") AS "sources",
          (SELECT coalesce(sum("sizeBytes"), 0) FROM "KeptCache") AS "caches",
          (SELECT coalesce(sum("bytes"), 0) FROM (
            SELECT max(coalesce("storedBytes", "sizeBytes")) AS "bytes"
            FROM "Artifact" WHERE "removedAt" IS NULL GROUP BY "sha256")) AS "artifacts"`;
      return Sums.parse(rows)[0];
    },
  };
}
