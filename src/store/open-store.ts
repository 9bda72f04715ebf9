/** The store on SQLite, through Prisma. The only way in from outside is `openStore`. */
import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { diskFull, isDiskFull } from '../disk-full.ts';
import { LdfError } from '../errors.ts';
import { undefinedIfMissing } from '../missing-file.ts';
import { PrismaClient } from './generated/client.ts';
import { type Quotas, quotas } from './quotas.ts';
import { artifactRows } from './rows/artifacts.ts';
import { buildRows } from './rows/builds.ts';
import { cacheRows } from './rows/caches.ts';
import { componentRows } from './rows/components.ts';
import { distributionRows } from './rows/distributions.ts';
import { layerRows } from './rows/layers.ts';
import { resolvedKernelRows } from './rows/resolved-kernels.ts';
import { sourceRows } from './rows/sources.ts';
import { stageRunRows } from './rows/stage-runs.ts';
import { storedBytesOf } from './rows/stored-bytes.ts';
import { sqlite } from './sqlite/dialect.ts';
import { migrate } from './sqlite/migrate.ts';
import type { Store } from './store.ts';

const ownerOnly = 0o600;

/** How long a writer waits for another process's write; without it two writers fail nearly always. */
const busyTimeoutMs = 5_000;
/** How long an operation may wait for, and take in, one of the few transactions of more than one statement. */
const transactionOptions = { maxWait: 10_000, timeout: 10_000 };

/**
 * Opens the database, making it and bringing it up to date as needed.
 * @param databaseUrl `file:<path>`
 * @throws LdfError `internal` when the database belongs to another version.
 */
export async function openStore(databaseUrl: string, limits: Quotas = quotas): Promise<Store> {
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
  const database = { db, dialect: sqlite };
  await sqlite.afterTransaction(db);
  return tellingFullDisk({
    ...distributionRows(database, limits),
    ...componentRows(database, limits),
    ...buildRows(database, limits),
    ...stageRunRows(database),
    ...layerRows(db),
    ...cacheRows(database),
    ...resolvedKernelRows(db),
    ...sourceRows(database),
    ...artifactRows(db),
    ...storedBytesOf(database),
    ...sqlite.leases(db),
    ping: () => sqlite.ping(db),
    close: () => db.$disconnect(),
  });
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

/** The same store, every operation of which fails with `storage.full` when the disk is full. */
function tellingFullDisk(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        try {
          return await Reflect.apply(value, target, args);
        } catch (error) {
          throw isDiskFull(error) ? diskFull('the database', error) : error;
        }
      };
    },
  });
}

function databasePath(databaseUrl: string): string {
  if (!/^file:./.test(databaseUrl))
    throw new LdfError('internal', `The database URL ${JSON.stringify(databaseUrl)} is not a file.`, {
      hint: 'Set LDF_DATABASE_URL to file: and a path, such as file:/var/lib/ldf/ldf.db.',
    });
  return databaseUrl.startsWith('file://') ? new URL(databaseUrl).pathname : databaseUrl.slice('file:'.length);
}
