/** What LDF says to SQLite in SQLite's own words (https://sqlite.org/json1.html). */
import * as z from 'zod';
import type { BoundedTable, Connection, Dialect } from '../dialect.ts';
import { Prisma } from '../generated/client.ts';
import { syncLazily } from './durability.ts';
import { leaseRows } from './leases.ts';

const Used = z.tuple([z.object({ count: z.coerce.number(), bytes: z.coerce.number() })]);
const BuildNumbers = z.array(z.object({ number: z.coerce.number() }));
const OneText = z.tuple([z.object({ text: z.string() })]);

/** The sum is null when there is no row, and bytes are counted, not characters. */
const usedQueries: Record<BoundedTable, Prisma.Sql> = {
  Distribution: Prisma.sql`
    SELECT COUNT(*) AS "count", coalesce(SUM(octet_length("definition")), 0) AS "bytes" FROM "Distribution"`,
  DistributionLock: Prisma.sql`
    SELECT COUNT(*) AS "count", coalesce(SUM(octet_length("lock")), 0) AS "bytes" FROM "DistributionLock"`,
  Component: Prisma.sql`
    SELECT COUNT(*) AS "count", coalesce(SUM(octet_length("spec")), 0) AS "bytes" FROM "Component"`,
  QueuedBuild: Prisma.sql`
    SELECT COUNT(*) AS "count",
      coalesce(SUM(octet_length("definition") + octet_length("components") + coalesce(octet_length("lock"), 0)), 0) AS "bytes"
    FROM "Build" WHERE "state" = 'queued'`,
};

export const sqlite: Dialect = {
  async openBuilds(db) {
    // Every list and show of a queued build reads all of these: as one value they cost half of what rows do.
    const rows = await db.$queryRaw`
      SELECT json_group_array(json_array("id", "state", "distributionId", "priority", "createdAt",
        (SELECT MAX("startedAt") FROM "Build" AS "other" WHERE "other"."distributionId" = "open"."distributionId")
      )) AS "text"
      FROM (SELECT * FROM "Build" WHERE "state" IN ('queued', 'running') ORDER BY "priority" DESC, "createdAt", "id")
        AS "open"`;
    return OneText.parse(rows)[0].text;
  },
  failureTotals: (db) => db.$queryRaw`
    SELECT "stage", json_extract("error", '$.code') AS "code", COUNT(*) AS "runs" FROM "StageRun"
    WHERE "state" = 'failed' AND "error" IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
  storedBytes: (db) => db.$queryRaw`
    SELECT
      (SELECT coalesce(sum("sizeBytes"), 0) FROM "Layer") AS "layers",
      (SELECT coalesce(sum("sizeBytes"), 0) FROM "Source") AS "sources",
      (SELECT coalesce(sum("sizeBytes"), 0) FROM "KeptCache") AS "caches",
      (SELECT coalesce(sum("bytes"), 0) FROM (
        SELECT max(coalesce("storedBytes", "sizeBytes")) AS "bytes"
        FROM "Artifact" WHERE "removedAt" IS NULL GROUP BY "sha256") AS "contents") AS "artifacts"`,
  async used(db, table) {
    return Used.parse(await db.$queryRaw(usedQueries[table]))[0];
  },
  async addSources(db, sources, now) {
    // SQLite takes an upsert after a SELECT only behind a WHERE (https://sqlite.org/lang_upsert.html, parsing ambiguity).
    await db.$executeRaw`
      INSERT INTO "Source" ("sha256", "filename", "sizeBytes", "createdAt", "lastUsedAt")
      SELECT value ->> 'sha256', value ->> 'filename', value ->> 'sizeBytes', ${now}, ${now}
      FROM json_each(${JSON.stringify(sources)})
      WHERE true
      ON CONFLICT ("sha256") DO UPDATE SET "lastUsedAt" = excluded."lastUsedAt", "removing" = false`;
  },
  async noteComponents(db, id, components) {
    await db.$executeRaw`UPDATE "Distribution" SET "components" = ${components} WHERE "id" = ${id} AND "components" IS NULL`;
  },
  async nextBuildNumber(transaction, distributionId) {
    const rows = await transaction.$queryRaw`
      UPDATE "Distribution" SET "lastBuildNumber" = "lastBuildNumber" + 1 WHERE "id" = ${distributionId}
      RETURNING "lastBuildNumber" AS "number"`;
    return BuildNumbers.parse(rows)[0]?.number;
  },
  // A transaction that has written holds the only write lock there is (https://sqlite.org/isolation.html), and the others
  // that count write first, too.
  lockForCounting: () => Promise.resolve(),
  leases: leaseRows,
  afterTransaction: (db) => syncLazily(db),
  async ping(db: Connection) {
    await db.$queryRaw`SELECT 1`;
  },
};
