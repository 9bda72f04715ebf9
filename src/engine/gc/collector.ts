/** Garbage collection: when it runs, one at a time on a data folder, and what it tells. */
import type * as z from 'zod';
import { collectableKinds, type GcReport, type GcRequest } from '../../model/disk.ts';
import { BoundedQueue } from '../core/bounded-queue.ts';
import type { Engine } from '../core/dependencies.ts';
import { engineIsAway } from '../core/failure.ts';
import { collectionLease, Lease, newOwner } from '../core/leases.ts';
import { CacheBounds } from '../stage-runs/kept-caches.ts';
import { collect } from './collect.ts';
import { type DiskMeter, demandsOn, needNothing } from './disk-use.ts';
import { takeInventory } from './inventory.ts';
import { removeLeftovers } from './leftovers.ts';
import { type Collection, type Demand, planCollection, totalBytes } from './plan-collection.ts';

export class Collector {
  readonly #engine: Engine;
  readonly #meter: DiskMeter;
  readonly #requests: BoundedQueue;
  readonly #caches: CacheBounds;
  readonly #stopping = new AbortController();
  #wanted = false;
  /** What dead processes left was looked for. */
  #swept = false;
  #working: Promise<void> | undefined;

  constructor(engine: Engine, meter: DiskMeter) {
    this.#engine = engine;
    this.#meter = meter;
    this.#requests = new BoundedQueue({
      ...{ atOnce: 1, waiting: engine.config.collectionsWaiting },
      tooMany: 'Too many garbage collections are waiting.',
    });
    this.#caches = new CacheBounds(engine);
  }

  /** Brings the disk back within its bounds, in the background; a call while that runs makes it look once more. */
  wake(): void {
    this.#wanted = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Ends after the removal under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  /** One at a time, dry runs included. @throws LdfError `queue.full`, and `docker.unavailable` unless it is a dry run. */
  collect(request: z.infer<typeof GcRequest>): Promise<GcReport> {
    return this.#requests.run(() => this.#collect(request));
  }

  async #collect({ dryRun, freeBytes }: z.infer<typeof GcRequest>): Promise<GcReport> {
    const demands = [
      ...demandsOn(await this.#meter.read(), needNothing),
      { of: 'request', bytes: freeBytes, kinds: collectableKinds } as const,
    ];
    const { planned, gone } = dryRun
      ? await rehearse(this.#engine, demands)
      : await free(this.#engine, demands, this.#stopping.signal);
    return {
      dryRun,
      wantedBytes: Math.max(0, ...demands.map(({ bytes }) => bytes)),
      freedBytes: totalBytes(gone),
      removed: gone.map(({ kind, name, sizeBytes, lastUsedAt, why }) => ({
        kind,
        name,
        sizeBytes,
        lastUsedAt: lastUsedAt.toISOString(),
        why,
      })),
      kept: keptByReason(planned.stays),
    };
  }

  async #sweepOnce(): Promise<void> {
    if (this.#swept) return;
    await removeLeftovers(this.#engine);
    await this.#engine.spare.restore(this.#engine.logger);
    this.#swept = true;
  }

  /** Never throws: it is nobody's to catch. */
  async #work(): Promise<void> {
    const { logger } = this.#engine;
    while (this.#wanted && !this.#stopping.signal.aborted) {
      this.#wanted = false;
      try {
        await this.#sweepOnce();
        await this.#caches.cleanUp();
        const use = await this.#meter.read();
        const demands = demandsOn(use, needNothing);
        if (demands.some(({ bytes }) => bytes > 0)) await free(this.#engine, demands, this.#stopping.signal);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        if (engineIsAway(error)) logger.warn({ err: error }, 'garbage is collected once Docker answers again');
        else logger.error({ err: error }, 'garbage could not be collected');
      }
    }
  }
}

/**
 * Frees what the demands ask for, as far as it can be done without taking what a build needs.
 * @param options.ifAllMet free nothing when it would not be enough
 */
export function free(
  engine: Engine,
  demands: readonly Demand[],
  stop: AbortSignal,
  options: { ifAllMet?: boolean } = {},
): Promise<Freed> {
  return engine.spare.without(() => freeNow(engine, demands, stop, options), engine.logger);
}

interface Freed {
  planned: Collection;
  gone: Collection['goes'];
}

async function freeNow(
  engine: Engine,
  demands: readonly Demand[],
  stop: AbortSignal,
  options: { ifAllMet?: boolean },
): Promise<Freed> {
  const lease = await Lease.wait(engine, collectionLease, newOwner(engine), stop);
  try {
    const inventory = await takeInventory(engine);
    const planned = planCollection(inventory.items, demands, engine.clock.now());
    if (options.ifAllMet && planned.unmet.length > 0) return { planned, gone: [] };
    const gone = await collect(engine, inventory, planned.goes, stop);
    if (planned.goes.length > 0)
      engine.logger.info({ removed: gone.length, freedBytes: totalBytes(gone) }, 'garbage was collected');
    return { planned, gone };
  } finally {
    await lease.release();
  }
}

async function rehearse(engine: Engine, demands: readonly Demand[]): Promise<Freed> {
  const planned = planCollection((await takeInventory(engine)).items, demands, engine.clock.now());
  return { planned, gone: planned.goes };
}

function keptByReason(stays: Collection['stays']): GcReport['kept'] {
  const groups = new Map<string, GcReport['kept'][number]>();
  for (const { kind, why, sizeBytes } of stays) {
    const group = groups.get(`${kind} ${why}`) ?? { kind, why, count: 0, sizeBytes: 0 };
    group.count += 1;
    group.sizeBytes += sizeBytes;
    groups.set(`${kind} ${why}`, group);
  }
  return [...groups.values()];
}
