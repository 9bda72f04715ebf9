/**
 * Applies prisma/migrations at start-up, without Prisma's schema engine but in its own terms: the same folders, and the
 * same `_prisma_migrations` table with the sha256 of each file, so that `prisma migrate` continues working elsewhere.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PrismaLibSql } from '@prisma/adapter-libsql';
import { LdfError } from '../../errors.ts';

type Connection = Awaited<ReturnType<PrismaLibSql['connect']>>;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** As Prisma makes it, see schema-engine's sql_migration_persistence. */
const historyTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

/**
 * Brings a database up to date; each migration is one transaction. Two processes may do this at once.
 * @throws LdfError `internal` when the database holds a migration that is unknown here or was changed since.
 */
export async function migrate(connection: Connection, folder = migrationsFolder()): Promise<void> {
  const migrations = await readMigrations(folder);
  await connection.executeScript(historyTable);
  for (const migration of await pendingMigrations(connection, migrations)) {
    try {
      await connection.executeScript(transactionOf(migration));
    } catch (error) {
      const pending = await pendingMigrations(connection, migrations);
      // Another process was quicker; its row is there, and ours was rolled back.
      if (pending.some(({ name }) => name === migration.name)) throw error;
    }
  }
}

/** prisma/migrations of this package, from the sources and from the bundle alike. */
export function migrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'prisma/migrations'))) {
    if (folder === dirname(folder)) throw new LdfError('internal', 'The folder prisma/migrations is missing.');
    folder = dirname(folder);
  }
  return join(folder, 'prisma/migrations');
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && /^[0-9]{14}_[a-z0-9_]+$/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: sha256(sql) };
    }),
  );
}

/** What is not applied yet, in order, once the history has proved to be a beginning of what we know. */
async function pendingMigrations(connection: Connection, migrations: readonly Migration[]): Promise<Migration[]> {
  const history = await connection.queryRaw({
    sql: 'SELECT migration_name, checksum, finished_at IS NULL FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    args: [],
    argTypes: [],
  });
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const applied = new Set<string>();
  for (const [name, checksum, unfinished] of history.rows) {
    const migration = known.get(String(name));
    if (!migration)
      throw new LdfError(
        'internal',
        `The database has the migration ${String(name)}, which this version does not know.`,
        {
          hint: 'It was made by a newer version of LDF: run that one, or set LDF_DATABASE_URL to another file.',
        },
      );
    if (migration.checksum !== checksum)
      throw new LdfError('internal', `The migration ${migration.name} was changed after it had been applied.`, {
        hint: 'Restore prisma/migrations; a change of the schema is a new migration.',
      });
    if (Number(unfinished) !== 0)
      throw new LdfError('internal', `The migration ${migration.name} was started and did not finish.`, {
        hint: 'Restore the database from a backup, or resolve it with `prisma migrate resolve`.',
      });
    applied.add(migration.name);
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

/**
 * The row's id derives from the migration: when two processes come here at once, the second one meets the first one's
 * row as a duplicate and is rolled back. Names and checksums are of checked characters only.
 */
function transactionOf({ name, sql, checksum }: Migration): string {
  const now = Date.now();
  return `BEGIN IMMEDIATE;
INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
VALUES ('${uuidOf(name + checksum)}', '${checksum}', '${name}', ${now}, ${now}, 1);
${sql}
COMMIT;`;
}

function uuidOf(text: string): string {
  return sha256(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
