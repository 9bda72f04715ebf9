/** Everything the stage leaves behind, each hashed once: for the stage's result as for SHA256SUMS. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Format } from '../../parts/formats/format.ts';
import type { Disk } from '../../parts/layouts/layout.ts';
import { PackagedArtifact } from '../../src/stages/package/data.ts';
import { type Extent, sha256File } from '../contract/hash.ts';
import { writtenExtents } from './extents.ts';

/** An artifact that is complete. */
export interface HashedArtifact {
  artifact: PackagedArtifact;
  sha256: string;
}

/** Turns the image into `format`, as the file `path` of the folder `out`, where it may lie already. */
export async function writeImage(
  out: string,
  { disk, path }: { disk: Disk; path: string },
  { convert, extension, bootable }: Format,
): Promise<HashedArtifact> {
  await convert?.(disk.path, join(out, path));
  const artifact = PackagedArtifact.parse({ path, format: extension, bootable });
  return hashed(out, artifact, convert === null ? await writtenExtents(disk.path) : undefined);
}

/** Writes a document about the images into the folder `out`. */
export async function writeDocument(
  out: string,
  path: string,
  format: 'sbom' | 'checksums',
  text: string,
): Promise<HashedArtifact> {
  await writeFile(join(out, path), text);
  return hashed(out, { path, format, bootable: false });
}

/** One line for each artifact, as sha256sum(1) writes and checks it. */
export function checksumLines(artifacts: readonly HashedArtifact[]): string {
  return artifacts.map(({ artifact, sha256 }) => `${sha256}  ${artifact.path}\n`).join('');
}

async function hashed(out: string, artifact: PackagedArtifact, written?: readonly Extent[]): Promise<HashedArtifact> {
  return { artifact, sha256: await sha256File(join(out, artifact.path), written) };
}
