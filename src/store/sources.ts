/** What the source store's volume holds, all of it verified. */
export interface SourceRecord {
  sha256: string;
  filename: string;
  sizeBytes: number;
  lastUsedAt: Date;
}

export interface SourceTable {
  /** Which of these hashes are in the source store; they count as used from now on, see `useLayer`. */
  useSources(sha256s: readonly string[]): Promise<Set<string>>;
  addSources(sources: readonly Omit<SourceRecord, 'lastUsedAt'>[]): Promise<void>;
  listSources(): Promise<SourceRecord[]>;
  /** Each counts as not there from now on, unless it was used since its `lastUsedAt`; its file is then to be removed. */
  markSources(sources: readonly Pick<SourceRecord, 'sha256' | 'lastUsedAt'>[]): Promise<void>;
  /** The hashes of all that are marked. */
  markedSources(): Promise<string[]>;
  /** Takes out what is marked, its files being gone. */
  removeMarkedSources(sha256s: readonly string[]): Promise<void>;
  forgetSources(): Promise<void>;
}
