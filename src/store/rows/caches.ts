import type { CacheRecord, CacheTable } from '../caches.ts';
import { type Database, inTransaction } from '../dialect.ts';
import type { KeptCache } from '../generated/client.ts';

/** What runs of stages kept for later runs of the same distribution. */
export function cacheRows(database: Database): CacheTable {
  const { db } = database;
  return {
    async useCache(id) {
      const { count } = await db.keptCache.updateMany({ where: id, data: { lastUsedAt: new Date() } });
      const row = count > 0 && (await db.keptCache.findFirst({ where: id }));
      return row ? toRecord(row) : undefined;
    },
    async putCache({ distributionId, cache, key, volume, sizeBytes }) {
      const id = { distributionId, cache, key };
      const data = { ...id, volume, sizeBytes: BigInt(sizeBytes), lastUsedAt: new Date() };
      return inTransaction(database, async (transaction) => {
        const before = await transaction.keptCache.findFirst({ where: id });
        if (before?.volume === volume) return undefined;
        if (before) await transaction.keptCache.delete({ where: { volume: before.volume } });
        await transaction.keptCache.create({ data });
        return before?.volume;
      });
    },
    async listCaches() {
      return (await db.keptCache.findMany({ orderBy: { lastUsedAt: 'asc' } })).map(toRecord);
    },
    async dropCache(volume, lastUsedAt) {
      const where = lastUsedAt === undefined ? { volume } : { volume, lastUsedAt };
      return (await db.keptCache.deleteMany({ where })).count > 0;
    },
  };
}

function toRecord(row: KeptCache): CacheRecord {
  return { ...row, sizeBytes: Number(row.sizeBytes) };
}
