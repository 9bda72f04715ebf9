import type { PrismaClient } from '../generated/client.ts';
import type { LeaseSpan, LeaseTable } from '../leases.ts';
import { isDuplicate } from '../rows/columns.ts';

/**
 * Leases: each of these is one statement, so that of two who ask at once exactly one gets it. A file of SQLite is used on
 * one machine, whose uptime all processes share, and which nobody sets.
 */
export function leaseRows(db: PrismaClient): LeaseTable {
  const unchanged = new UnchangedLeases(db);
  return {
    async acquireLease(name, owner, span) {
      const { fromMs, untilMs, bootId } = span;
      const data = { owner, heldFromMs: fromMs, heldUntilMs: untilMs, bootId };
      // Clocks cannot tell of a reboot: whoever read its clock first and comes second finds a lease that begins later.
      // Where the lease does not say its start of the machine, this is not met.
      const beforeReboot = bootId === null ? [] : [{ bootId: { not: bootId } }];
      const { count } = await db.lease.updateMany({
        where: { name, OR: [{ owner }, { heldUntilMs: { lte: fromMs } }, ...beforeReboot] },
        data,
      });
      if (count > 0) return true;
      try {
        await db.lease.create({ data: { name, ...data } });
        return true;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        return unchanged.take(name, owner, span);
      }
    },
    async releaseLease(name, owner) {
      await db.lease.deleteMany({ where: { name, owner } });
    },
  };
}

interface Refusal {
  owner: string;
  heldFromMs: number;
  heldUntilMs: number;
  /** When it was first seen like this, by the uptime of whoever was refused. */
  seenMs: number;
}

/** So many refusals are remembered; of more, the oldest begin anew. */
const refusalsKept = 1_000;

/**
 * Where the machine does not tell of its reboots, a lease from before one may seem to last for days. It is known by this:
 * for as long as it was granted for, nobody has renewed it. That takes one clock alone, so it is true of any lease.
 */
class UnchangedLeases {
  readonly #db: PrismaClient;
  readonly #refusals = new Map<string, Refusal>();

  constructor(db: PrismaClient) {
    this.#db = db;
  }

  /** To be asked after each refusal: true when the lease was not renewed in its time, and is now `owner`'s. */
  async take(name: string, owner: string, { fromMs, untilMs, bootId }: LeaseSpan): Promise<boolean> {
    const held = await this.#db.lease.findUnique({ where: { name } });
    const before = this.#refusals.get(name);
    this.#refusals.delete(name);
    if (!held || (held.bootId !== null && bootId !== null)) return false;
    const same = before?.owner === held.owner && before.heldUntilMs === held.heldUntilMs;
    const seenMs = same ? before.seenMs : fromMs;
    if (fromMs - seenMs > held.heldUntilMs - held.heldFromMs) {
      const { count } = await this.#db.lease.updateMany({
        where: { name, owner: held.owner, heldUntilMs: held.heldUntilMs },
        data: { owner, heldFromMs: fromMs, heldUntilMs: untilMs, bootId },
      });
      return count > 0;
    }
    this.#refusals.set(name, { owner: held.owner, heldFromMs: held.heldFromMs, heldUntilMs: held.heldUntilMs, seenMs });
    const [oldest] = this.#refusals.keys();
    if (oldest !== undefined && this.#refusals.size > refusalsKept) this.#refusals.delete(oldest);
    return false;
  }
}
