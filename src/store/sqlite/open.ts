/** Opens the file of a database, made and brought up to date as needed, through Prisma's adapter for libsql. */
import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { diskFull, isDiskFull } from '../../disk-full.ts';
import { LdfError } from '../../errors.ts';
import { undefinedIfMissing } from '../../missing-file.ts';
import type { Database } from '../dialect.ts';
import { PrismaClient } from '../generated/client.ts';
import { sqlite } from './dialect.ts';
import { migrate } from './migrate.ts';

const ownerOnly = 0o600;

/** How long a writer waits for another process's write; without it two writers fail nearly always. */
const busyTimeoutMs = 5_000;
/** How long an operation may wait for, and take in, one of the few transactions of more than one statement. */
const transactionOptions = { maxWait: 10_000, timeout: 10_000 };

/**
 * @param databaseUrl `file:<path>`
 * @throws LdfError `internal` when the database belongs to another version, or the URL is of no file.
 */
export async function openSqlite(databaseUrl: string): Promise<Database> {
  const path = databasePath(databaseUrl);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await closeToOthers(path);
  const adapter = new PrismaLibSql({ url: databaseUrl, timeout: busyTimeoutMs });
  try {
    await prepare(adapter);
  } catch (error) {
    throw isDiskFull(error) ? diskFull('the database', error) : error;
  }
  // Foreign keys are on in every connection that libsql opens.
  const db = new PrismaClient({ adapter, transactionOptions });
  await sqlite.afterTransaction(db);
  return { db, dialect: sqlite };
}

/** Definitions hold password hashes. SQLite gives its write-ahead log the mode of the database (https://sqlite.org/wal.html). */
async function closeToOthers(path: string): Promise<void> {
  // Made here, or SQLite makes it for everybody to read.
  await (await open(path, 'a', ownerOnly)).close();
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    const entry = await stat(file).catch(undefinedIfMissing);
    if (entry && (entry.mode & 0o077) !== 0 && entry.uid === process.getuid?.()) await chmod(file, ownerOnly);
  }
}

async function prepare(adapter: PrismaLibSql): Promise<void> {
  const connection = await adapter.connect();
  try {
    await connection.executeScript('PRAGMA journal_mode = WAL');
    await migrate(connection);
  } finally {
    await connection.dispose();
  }
}

function databasePath(databaseUrl: string): string {
  if (!/^file:./.test(databaseUrl))
    throw new LdfError('internal', `The database URL ${JSON.stringify(databaseUrl)} is not a file.`, {
      hint: 'Set LDF_DATABASE_URL to file: and a path, such as file:/var/lib/ldf/ldf.db.',
    });
  return databaseUrl.startsWith('file://') ? new URL(databaseUrl).pathname : databaseUrl.slice('file:'.length);
}
