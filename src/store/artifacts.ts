/** What builds leave, by build and name; equal contents are one file. */
import type { KeptFacts, Verdict } from '../model/artifact.ts';
import type { BuildRecord } from './builds.ts';

export interface ArtifactRecord extends KeptFacts {
  id: string;
  buildId: string;
  name: string;
  sizeBytes: number;
  /** What the content takes in the store, less its holes. */
  storedBytes: number;
  sha256: string;
  verdict: Verdict | null;
  createdAt: Date;
  /** When garbage collection removed the content; null while it is there. */
  removedAt: Date | null;
}

/** An artifact whose content is there, with what decides whether it may go. */
export interface KeptArtifact extends Pick<ArtifactRecord, 'id' | 'name' | 'kind' | 'storedBytes' | 'sha256'> {
  build: Pick<BuildRecord, 'id' | 'distributionId' | 'name' | 'arch' | 'state' | 'createdAt' | 'endedAt'>;
}

export interface ArtifactTable {
  /** An artifact of the same build and name is replaced, keeping its id. */
  addArtifacts(artifacts: readonly Omit<ArtifactRecord, 'id' | 'createdAt' | 'removedAt'>[]): Promise<void>;
  setVerdict(buildId: string, artifactName: string, verdict: Verdict | null): Promise<void>;
  getArtifact(id: string): Promise<ArtifactRecord | undefined>;
  listArtifacts(buildIds: readonly string[]): Promise<ArtifactRecord[]>;
  /** How many artifacts need a content, so that its file can go with the last of them. */
  countArtifactsOf(sha256: string): Promise<number>;
  keptArtifacts(): Promise<KeptArtifact[]>;
  /** Their rows; contents are the caller's. */
  deleteArtifacts(artifactIds: readonly string[]): Promise<void>;
  markRemoved(artifactIds: readonly string[], removedAt: Date): Promise<void>;
}
