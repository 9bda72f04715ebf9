/**
 * What databases say differently, in one place a database: the rest of the store speaks Prisma, which is the same for all.
 * Each method is one statement unless it says otherwise, and gives rows that its caller checks.
 */
import type { Prisma, PrismaClient } from './generated/client.ts';
import type { LeaseTable } from './leases.ts';
import type { SourceRecord } from './sources.ts';

/** A client, or a transaction of one. */
export type Connection = Prisma.TransactionClient;

/** Columns of text whose sum is bounded, by table. */
export type BoundedTable = 'Distribution' | 'DistributionLock' | 'Component' | 'QueuedBuild';

export interface Dialect {
  /** All builds that are queued or running as one JSON text, in the order of OpenBuildRecord's fields. */
  openBuilds(db: Connection): Promise<string>;
  /** Rows of `{stage, code, runs}`: how many attempts failed with each code. */
  failureTotals(db: Connection): Promise<unknown>;
  /** One row of `{layers, sources, caches, artifacts}`, in bytes; equal artifacts count once. */
  storedBytes(db: Connection): Promise<unknown>;
  /** How many rows there are, and what their large texts take. */
  used(db: Connection, table: BoundedTable): Promise<{ count: number; bytes: number }>;
  /** Adds thousands of files at once, some of which another process may be adding right now. */
  addSources(db: Connection, sources: readonly Omit<SourceRecord, 'lastUsedAt'>[], now: Date): Promise<void>;
  /** Notes what a distribution chooses unless that is known; no change of the distribution, so its date stays. */
  noteComponents(db: Connection, distributionId: string, components: string): Promise<void>;
  /** Counts one build more of a distribution and gives its number; undefined when the distribution is gone. */
  nextBuildNumber(transaction: Connection, distributionId: string): Promise<number | undefined>;
  /**
   * To be called first in a transaction that writes, counts what is there, and takes its write back when that is too
   * much: until it ends, no other transaction does the same.
   */
  lockForCounting(transaction: Connection): Promise<void>;
  /** Leases by a clock that all share who use the database. */
  leases(db: PrismaClient): LeaseTable;
  /** To be called after each transaction of several statements. */
  afterTransaction(db: PrismaClient): Promise<void>;
  /** Succeeds when the database answers. */
  ping(db: Connection): Promise<void>;
}

/** Several statements as one. */
export async function inTransaction<Value>(
  { db, dialect }: Database,
  act: (transaction: Connection) => Promise<Value>,
): Promise<Value> {
  return db.$transaction(act).finally(() => dialect.afterTransaction(db));
}

/** The same for one that writes, counts, and takes its write back when that is too much. */
export async function countedWrite<Value>(
  database: Database,
  act: (transaction: Connection) => Promise<Value>,
): Promise<Value> {
  return inTransaction(database, async (transaction) => {
    await database.dialect.lockForCounting(transaction);
    return act(transaction);
  });
}

/** A database that is open: its tables through Prisma, and what it says in its own way. */
export interface Database {
  db: PrismaClient;
  dialect: Dialect;
}
