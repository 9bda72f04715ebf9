/** Where artifacts are kept: by content, so that nothing is stored twice. A local folder now; S3 later, same interface. */
import type { Readable } from 'node:stream';

export interface ArtifactStore {
  /**
   * An empty folder on the same disk, into which files can be put before `adopt`. Each owner has one, so that what its
   * process left when it died is gone when another goes on.
   */
  staging(owner: string): Promise<string>;
  /** Removes an owner's folder; one that is not there is fine. */
  clearStaging(owner: string): Promise<void>;
  /** Takes a file over (by rename) after checking its sha256. @throws LdfError when it differs. */
  adopt(file: string, sha256: string): Promise<void>;
  has(sha256: string): Promise<boolean>;
  /** Content from `start` to `end`, both included, as in HTTP ranges. @throws LdfError `not-found`. */
  read(sha256: string, range?: { start: number; end: number }): Promise<Readable>;
  remove(sha256: string): Promise<void>;
  freeBytes(): Promise<number>;
}
