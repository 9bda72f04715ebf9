/**
 * What is known of artifacts that were made when nothing but their format was written down: layers and rows of the database of
 * that time are still read. It is complete: whatever was made since then says all of this itself.
 */
import type { ArtifactFacts } from '../artifact-facts.ts';

const disk = { kind: 'image', disk: 'whole', sparse: false, bootable: true } as const;
const document = { kind: 'document', disk: null, sparse: false, bootable: false } as const;
const recording = { ...document, kind: 'recording' } as const;
const text = 'text/plain; charset=utf-8';
const bytes = 'application/octet-stream';

const earlier: readonly ArtifactFacts[] = [
  { ...disk, format: 'raw', mediaType: bytes, sparse: true },
  { ...disk, format: 'raw.zst', mediaType: 'application/zstd' },
  { ...disk, format: 'qcow2', mediaType: bytes },
  { ...document, format: 'sbom', mediaType: 'application/json' },
  { ...document, format: 'checksums', mediaType: text },
  { ...recording, format: 'console', mediaType: text },
  { ...recording, format: 'screen', mediaType: 'image/png' },
];

/** @throws Error for a format that there was not at that time. */
export function earlierFacts(format: string): ArtifactFacts {
  const facts = earlier.find((known) => known.format === format);
  if (facts) return facts;
  throw new Error(`nothing is known of the format ${JSON.stringify(format)} but its name`);
}

/** How QEMU reads an image of that time; null for what is none. */
export function earlierQemu(format: string): { driver: string; packed: 'zstd' | null } | null {
  if (earlierFacts(format).disk === null) return null;
  return format === 'raw.zst' ? { driver: 'raw', packed: 'zstd' } : { driver: format, packed: null };
}
