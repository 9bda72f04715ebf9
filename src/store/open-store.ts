/** The store, through Prisma. The only way in from outside is `openStore`. */
import { diskFull, isDiskFull } from '../disk-full.ts';
import { type Quotas, quotas } from './quotas.ts';
import { artifactRows } from './rows/artifacts.ts';
import { buildRows } from './rows/builds.ts';
import { cacheRows } from './rows/caches.ts';
import { changeRows } from './rows/changes.ts';
import { componentRows } from './rows/components.ts';
import { distributionRows } from './rows/distributions.ts';
import { layerRows } from './rows/layers.ts';
import { resolvedKernelRows } from './rows/resolved-kernels.ts';
import { sourceRows } from './rows/sources.ts';
import { stageRunRows } from './rows/stage-runs.ts';
import { storedBytesOf } from './rows/stored-bytes.ts';
import { openSqlite } from './sqlite/open.ts';
import type { Store } from './store.ts';

/**
 * Opens the database, making it and bringing it up to date as needed.
 * @param databaseUrl `file:<path>`
 * @throws LdfError `internal` when the database belongs to another version.
 */
export async function openStore(databaseUrl: string, limits: Quotas = quotas): Promise<Store> {
  const database = await openSqlite(databaseUrl);
  const { db, dialect } = database;
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
    ...changeRows(database),
    ...storedBytesOf(database),
    ...dialect.leases(db),
    ping: () => dialect.ping(db),
    close: () => db.$disconnect(),
  });
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
