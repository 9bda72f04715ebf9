/** Everything the stage leaves behind, each hashed once: for the stage's result as for SHA256SUMS. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatSource } from '../../parts/formats/format.ts';
import type { WrittenFormat } from '../../parts/formats/packed.ts';
import type { PackagedArtifact } from '../../src/stages/package/data.ts';
import { type Extent, sha256File } from '../contract/hash.ts';
import { writtenExtents } from './extents.ts';

/** An artifact that is complete. */
export interface HashedArtifact {
  artifact: PackagedArtifact;
  sha256: string;
}

/** Turns the image into a format, as files of the folder `out` that `pathOf` names, where that of the disk may lie already. */
export async function writeImage(
  out: string,
  pathOf: (format: Pick<WrittenFormat, 'extension'>) => string,
  source: FormatSource,
  format: WrittenFormat,
): Promise<HashedArtifact[]> {
  const { convert, extension, mediaType, disk: seenAs, sparse, bootable, qemu, machines, beside = [] } = format;
  const path = pathOf(format);
  await convert?.(source, join(out, path));
  const facts = { kind: 'image', format: extension, mediaType, disk: seenAs, sparse, bootable, qemu } as const;
  const own = machines ? { machines: [...machines[source.arch]] } : {};
  const part = { kind: 'image', disk: null, sparse: false, bootable: false, qemu: null } as const;
  return Promise.all([
    hashed(out, { path, ...facts, ...own }, convert === null ? await writtenExtents(source.disk) : undefined),
    ...beside.map((file) =>
      hashed(out, { ...part, path: pathOf(file), format: file.extension, mediaType: file.mediaType }),
    ),
  ]);
}

const document = { kind: 'document', disk: null, sparse: false, bootable: false, qemu: null } as const;
/** The documents about images. */
export const documents = {
  sbom: { ...document, format: 'sbom', mediaType: 'application/json' },
  spdx: { ...document, format: 'spdx', mediaType: 'application/spdx+json' },
  checksums: { ...document, format: 'checksums', mediaType: 'text/plain; charset=utf-8' },
} as const;

/** Writes one of them into the folder `out`. */
export async function writeDocument(
  out: string,
  path: string,
  facts: (typeof documents)[keyof typeof documents],
  text: string,
): Promise<HashedArtifact> {
  await writeFile(join(out, path), text);
  return hashed(out, { path, ...facts });
}

/** One line for each artifact, as sha256sum(1) writes and checks it. */
export function checksumLines(artifacts: readonly HashedArtifact[]): string {
  return artifacts.map(({ artifact, sha256 }) => `${sha256}  ${artifact.path}\n`).join('');
}

async function hashed(out: string, artifact: PackagedArtifact, written?: readonly Extent[]): Promise<HashedArtifact> {
  return { artifact, sha256: await sha256File(join(out, artifact.path), written) };
}
