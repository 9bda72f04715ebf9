/** What runs of stages kept for later runs of the same distribution. */
/** Whose cache it is and what for: only builds of the distribution begin with it, and only on the same sources and tools. */
export interface CacheId {
  distributionId: string;
  /** Such as kernel-trees. */
  cache: string;
  /** sha256 of what it depends on. */
  key: string;
}

export interface CacheRecord extends CacheId {
  volume: string;
  sizeBytes: number;
  lastUsedAt: Date;
}

export interface CacheTable {
  /** What an earlier run kept; it counts as used from now on, see `useLayer`. */
  useCache(id: CacheId): Promise<CacheRecord | undefined>;
  /** Puts a volume in the place of what was kept under the same id, and gives the volume that it replaced. */
  putCache(cache: Omit<CacheRecord, 'lastUsedAt'>): Promise<string | undefined>;
  listCaches(): Promise<CacheRecord[]>;
  /** Removes the row of a volume unless it was used since `lastUsedAt`; false when it was, or is not there. */
  dropCache(volume: string, lastUsedAt?: Date): Promise<boolean>;
}
