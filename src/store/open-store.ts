/** The store on SQLite, through Prisma. The only way in from outside is `openStore`. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { LdfError } from '../errors.ts';
import { artifactRows } from './artifacts.ts';
import { buildRows } from './builds.ts';
import { componentRows } from './components.ts';
import { distributionRows } from './distributions.ts';
import { syncLazily } from './durability.ts';
import { PrismaClient } from './generated/client.ts';
import { layerRows } from './layers.ts';
import { leaseRows } from './leases.ts';
import { migrate } from './migrate.ts';
import { sourceRows } from './sources.ts';
import { stageRunRows } from './stage-runs.ts';
import type { Store } from './store.ts';
import { storedBytesOf } from './stored-bytes.ts';

/** How long a writer waits for another process's write; without it two writers fail nearly always. */
const busyTimeoutMs = 5_000;
/** How long an operation may wait for, and take in, one of the few transactions of more than one statement. */
const transactionOptions = { maxWait: 10_000, timeout: 10_000 };

/**
 * Opens the database, making it and bringing it up to date as needed.
 * @param databaseUrl `file:<path>`
 * @throws LdfError `internal` when the database belongs to another version.
 */
export async function openStore(databaseUrl: string): Promise<Store> {
  await mkdir(dirname(databasePath(databaseUrl)), { recursive: true });
  const adapter = new PrismaLibSql({ url: databaseUrl, timeout: busyTimeoutMs });
  const connection = await adapter.connect();
  try {
    await connection.executeScript('PRAGMA journal_mode = WAL');
    await migrate(connection);
  } finally {
    await connection.dispose();
  }
  // Foreign keys are on in every connection that libsql opens.
  const db = new PrismaClient({ adapter, transactionOptions });
  await syncLazily(db);
  return {
    ...distributionRows(db),
    ...componentRows(db),
    ...buildRows(db),
    ...stageRunRows(db),
    ...layerRows(db),
    ...sourceRows(db),
    ...artifactRows(db),
    ...storedBytesOf(db),
    ...leaseRows(db),
    close: () => db.$disconnect(),
  };
}

function databasePath(databaseUrl: string): string {
  if (!/^file:./.test(databaseUrl))
    throw new LdfError('internal', `The database URL ${JSON.stringify(databaseUrl)} is not a file.`, {
      hint: 'Set LDF_DATABASE_URL to file: and a path, such as file:/var/lib/ldf/ldf.db.',
    });
  return databaseUrl.startsWith('file://') ? new URL(databaseUrl).pathname : databaseUrl.slice('file:'.length);
}
