/** Leases: who works on what, across processes. */

/**
 * A span of the machine's uptime, in milliseconds. A database that several machines share takes how long it is, and counts
 * by its own clock.
 */
export interface LeaseSpan {
  fromMs: number;
  untilMs: number;
  /** The start of the machine that both count from; null where the machine does not tell. */
  bootId: string | null;
}

export interface LeaseTable {
  /** Takes or renews a lease for a span of the machine's uptime; false when somebody else holds it at its beginning. */
  acquireLease(name: string, owner: string, span: LeaseSpan): Promise<boolean>;
  releaseLease(name: string, owner: string): Promise<void>;
}
