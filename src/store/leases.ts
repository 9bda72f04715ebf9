import { isDuplicate } from './columns.ts';
import type { PrismaClient } from './generated/client.ts';
import type { Store } from './store.ts';

type LeaseRows = Pick<Store, 'acquireLease' | 'releaseLease'>;

/** Leases: each of these is one statement, so that of two who ask at once exactly one gets it. */
export function leaseRows(db: PrismaClient): LeaseRows {
  return {
    async acquireLease(name, owner, ttlMs) {
      const now = new Date();
      const data = { owner, expiresAt: new Date(now.getTime() + ttlMs) };
      const { count } = await db.lease.updateMany({
        where: { name, OR: [{ owner }, { expiresAt: { lte: now } }] },
        data,
      });
      if (count > 0) return true;
      try {
        await db.lease.create({ data: { name, ...data } });
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    async releaseLease(name, owner) {
      await db.lease.deleteMany({ where: { name, owner } });
    },
  };
}
