import type { PrismaClient } from './generated/client.ts';
import type { Store } from './store.ts';

type SourceRows = Pick<
  Store,
  | 'useSources'
  | 'addSources'
  | 'listSources'
  | 'markSources'
  | 'markedSources'
  | 'removeMarkedSources'
  | 'forgetSources'
>;

/** What the source store's volume holds, all of it verified. */
export function sourceRows(db: PrismaClient): SourceRows {
  return {
    async useSources(sha256s) {
      const where = { sha256: { in: [...sha256s] }, removing: false };
      await db.source.updateMany({ where, data: { lastUsedAt: new Date() } });
      const rows = await db.source.findMany({ where, select: { sha256: true } });
      return new Set(rows.map((row) => row.sha256));
    },
    async addSources(sources) {
      const now = new Date();
      // One statement for thousands of files, some of which another build may be adding right now. SQLite takes an
      // upsert after a SELECT only behind a WHERE (https://sqlite.org/lang_upsert.html, parsing ambiguity).
      await db.$executeRaw`
        INSERT INTO "Source" ("sha256", "filename", "sizeBytes", "createdAt", "lastUsedAt")
        SELECT value ->> 'sha256', value ->> 'filename', value ->> 'sizeBytes', ${now}, ${now}
        FROM json_each(${JSON.stringify(sources)})
        WHERE true
        ON CONFLICT ("sha256") DO UPDATE SET "lastUsedAt" = excluded."lastUsedAt", "removing" = false`;
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
