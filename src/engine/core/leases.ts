/** Leases: who works on what, across processes. Held ones are renewed until they are released. */

import { newId } from '../../store/ids.ts';
import type { LeaseSpan } from '../../store/leases.ts';
import { sleep } from './clock.ts';
import type { EngineConfig } from './config.ts';
import type { Engine } from './dependencies.ts';

export type LeaseKeeper = Pick<Engine, 'store' | 'clock' | 'config' | 'logger'>;

export class Lease {
  /** Fires when the lease was not renewed in time: somebody else may have it. */
  readonly lost: AbortSignal;
  readonly #keeper: LeaseKeeper;
  readonly #name: string;
  readonly #owner: string;
  readonly #ttlMs: number;
  readonly #losing = new AbortController();
  readonly #released = new AbortController();
  readonly #renewing: Promise<void>;

  private constructor(keeper: LeaseKeeper, name: string, owner: string, ttlMs: number, heldFromMs: number) {
    this.#keeper = keeper;
    this.#name = name;
    this.#owner = owner;
    this.#ttlMs = ttlMs;
    this.lost = this.#losing.signal;
    this.#renewing = this.#renew(heldFromMs);
  }

  /** undefined while somebody else holds it. */
  static async take(
    keeper: LeaseKeeper,
    name: string,
    owner: string,
    ttlMs = keeper.config.leaseMs,
  ): Promise<Lease | undefined> {
    const span = spanFromNow(keeper, ttlMs);
    const taken = await keeper.store.acquireLease(name, owner, span);
    return taken ? new Lease(keeper, name, owner, ttlMs, span.fromMs) : undefined;
  }

  /** Waits until the lease is free. @throws what `signal` was fired with. */
  static async wait(
    keeper: LeaseKeeper,
    name: string,
    owner: string,
    signal: AbortSignal,
    ttlMs = keeper.config.leaseMs,
  ): Promise<Lease> {
    for (;;) {
      signal.throwIfAborted();
      const lease = await Lease.take(keeper, name, owner, ttlMs);
      if (lease) return lease;
      await sleep(keeper.clock, keeper.config.pollMs, signal);
    }
  }

  /** Stops renewing it: it runs out, unless its owner takes it again from another process. */
  async abandon(): Promise<void> {
    this.#released.abort();
    await this.#renewing;
  }

  async release(): Promise<void> {
    await this.abandon();
    await this.#keeper.store.releaseLease(this.#name, this.#owner);
  }

  async #renew(heldFromMs: number): Promise<void> {
    const { store, clock, logger } = this.#keeper;
    // Counted here: a database that hangs neither renews nor says so.
    const loseAt = (uptimeMs: number) => clock.timer(uptimeMs - clock.uptimeMs(), () => this.#losing.abort());
    let cancel = loseAt(heldFromMs + this.#ttlMs);
    const over = AbortSignal.any([this.#released.signal, this.lost]);
    for (;;) {
      await sleep(clock, this.#ttlMs / 3, over);
      if (over.aborted) break;
      const span = spanFromNow(this.#keeper, this.#ttlMs);
      try {
        if (!(await store.acquireLease(this.#name, this.#owner, span))) this.#losing.abort();
        cancel();
        cancel = loseAt(span.untilMs);
      } catch (error) {
        logger.error({ err: error, lease: this.#name }, 'a lease could not be renewed');
      }
    }
    cancel();
  }
}

/** What a lease that is granted or renewed now lasts. */
export function spanFromNow({ clock }: Pick<LeaseKeeper, 'clock'>, ttlMs: number): LeaseSpan {
  const fromMs = clock.uptimeMs();
  return { fromMs, untilMs: fromMs + ttlMs, bootId: clock.bootId() };
}

/**
 * An owner that nobody else is, not even in this process. An owner is given its lease again, so whatever is to keep two
 * requests apart takes it under a name of its own.
 */
export function newOwner({ owner }: Pick<Engine, 'owner'>): string {
  return `${owner} ${newId()}`;
}

export const buildLease = (buildId: string) => `build:${buildId}`;
export const keyLease = (key: string) => `key:${key}`;
/** Held while files are added to or removed from the source store. */
export const sourcesLease = 'sources';
/** Held while garbage is collected. */
export const collectionLease = 'gc';
/** A key's lease is its build's and longer than the build's own: who takes the build up continues with it, too. */
export const keyLeaseMs = ({ leaseMs }: Pick<EngineConfig, 'leaseMs'>) => 2 * leaseMs;
/** Held while contents are added to or removed from the artifact store. */
export const artifactsLease = 'artifacts';
