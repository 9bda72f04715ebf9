/** What builds leave, by build and name; equal contents are one file. */
import type { Verdict } from '../model/artifact.ts';
import type { ArtifactFacts } from '../stages/artifact-facts.ts';
import type { BuildRecord } from './builds.ts';

export interface ArtifactRecord extends ArtifactFacts {
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
  markRemoved(artifactIds: readonly string[], removedAt: Date): Promise<void>;
}
