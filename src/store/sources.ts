import type { PrismaClient } from './generated/client.ts';
import type { Store } from './store.ts';

type SourceRows = Pick<Store, 'knownSources' | 'addSources' | 'forgetSources'>;

/** What the source store's volume holds, all of it verified. */
export function sourceRows(db: PrismaClient): SourceRows {
  return {
    async knownSources(sha256s) {
      const rows = await db.source.findMany({ where: { sha256: { in: [...sha256s] } }, select: { sha256: true } });
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
        ON CONFLICT ("sha256") DO UPDATE SET "lastUsedAt" = excluded."lastUsedAt"`;
    },
    async forgetSources() {
      await db.source.deleteMany({});
    },
  };
}
