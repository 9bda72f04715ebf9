import type { PrismaClient } from '../generated/client.ts';

/**
 * Commits without waiting for the disk (https://sqlite.org/pragma.html#pragma_synchronous): with a write-ahead log a
 * crash of the process loses nothing, and a power cut loses the last moments but never the database's consistency. The
 * setting belongs to a connection, and libsql opens a new one after every transaction of several statements.
 */
export async function syncLazily(db: PrismaClient): Promise<void> {
  await db.$executeRawUnsafe('PRAGMA synchronous = NORMAL');
}
