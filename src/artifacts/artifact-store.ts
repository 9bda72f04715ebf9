/** Where artifacts are kept: by content, so that nothing is stored twice. A local folder now; S3 later, same interface. */
import type { Readable } from 'node:stream';
import type { DiskSpace } from '../disk-space.ts';

export interface ArtifactStore {
  /**
   * An empty folder on the same disk, into which files can be put before `adopt`. Each owner has one, so that what its
   * process left when it died is gone when another continues.
   */
  staging(owner: string): Promise<string>;
  /** Removes an owner's folder; one that is not there is fine. */
  clearStaging(owner: string): Promise<void>;
  /** Takes a file over (by rename) after checking its sha256. @throws LdfError `stage.result-invalid` when it differs, or is no regular file. */
  adopt(file: string, sha256: string): Promise<void>;
  /** What a content takes in the store, less its holes; undefined when it is not there. */
  storedBytes(sha256: string): Promise<number | undefined>;
  /** Content from `start` to `end`, both included, as in HTTP ranges. @throws LdfError `not-found`. */
  read(sha256: string, range?: { start: number; end: number }): Promise<Readable>;
  /** The BLAKE2b-512 of a content: what minisign(1) signs. @throws LdfError `not-found`. */
  blake2b(sha256: string): Promise<Buffer>;
  remove(sha256: string): Promise<void>;
  /** The sha256 of every content there is. */
  contents(): Promise<string[]>;
  disk(): Promise<DiskSpace>;
}
