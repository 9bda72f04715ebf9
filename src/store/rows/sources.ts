import type { Database } from '../dialect.ts';
import type { SourceTable } from '../sources.ts';

/** What the source store's volume holds, all of it verified. */
export function sourceRows({ db, dialect }: Database): SourceTable {
  return {
    async useSources(sha256s) {
      const where = { sha256: { in: [...sha256s] }, removing: false };
      await db.source.updateMany({ where, data: { lastUsedAt: new Date() } });
      const rows = await db.source.findMany({ where, select: { sha256: true } });
      return new Set(rows.map((row) => row.sha256));
    },
    async addSources(sources) {
      await dialect.addSources(db, sources, new Date());
    },
    async listSources() {
      const rows = await db.source.findMany({ where: { removing: false }, omit: { createdAt: true, removing: true } });
      return rows.map((row) => ({ ...row, sizeBytes: Number(row.sizeBytes) }));
    },
    async markSources(sources) {
      for (const { sha256, lastUsedAt } of sources)
        await db.source.updateMany({ where: { sha256, lastUsedAt }, data: { removing: true } });
    },
    async markedSources() {
      const rows = await db.source.findMany({ where: { removing: true }, select: { sha256: true } });
      return rows.map(({ sha256 }) => sha256);
    },
    async removeMarkedSources(sha256s) {
      await db.source.deleteMany({ where: { sha256: { in: [...sha256s] }, removing: true } });
    },
    async forgetSources() {
      await db.source.deleteMany({});
    },
  };
}
