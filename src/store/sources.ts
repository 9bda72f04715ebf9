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
      const lastUsedAt = new Date();
      for (const { sha256, filename, sizeBytes } of sources)
        await db.source.upsert({
          where: { sha256 },
          create: { sha256, filename, sizeBytes: BigInt(sizeBytes), createdAt: lastUsedAt, lastUsedAt },
          update: { lastUsedAt },
        });
    },
    async forgetSources() {
      await db.source.deleteMany({});
    },
  };
}
