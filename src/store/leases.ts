import { isDuplicate } from './columns.ts';
import type { PrismaClient } from './generated/client.ts';
import type { Store } from './store.ts';

type LeaseRows = Pick<Store, 'acquireLease' | 'releaseLease'>;

/** Leases: each of these is one statement, so that of two who ask at once exactly one gets it. */
export function leaseRows(db: PrismaClient): LeaseRows {
  return {
    async acquireLease(name, owner, { fromMs, untilMs }) {
      const data = { owner, heldFromMs: fromMs, heldUntilMs: untilMs };
      const { count } = await db.lease.updateMany({
        // One that begins later than now was made before the machine was started again.
        where: { name, OR: [{ owner }, { heldUntilMs: { lte: fromMs } }, { heldFromMs: { gt: fromMs } }] },
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
