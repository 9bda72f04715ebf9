/** What the disk image is turned into. A new format is a new line in the table below. */

import type { PackageParams } from '../../src/stages/package/contract.ts';
import type { PackagedArtifact } from '../../src/stages/package/data.ts';
import { runTool } from '../contract/tool.ts';

type Params = PackageParams;
/** The formats that are images; the others are documents about them. */
export type ImageArtifact = Exclude<PackagedArtifact['format'], 'sbom' | 'checksums'>;

/** Makes `target` out of the raw image `disk`; `null` when the raw image itself is the artifact. */
type Converter = ((disk: string, target: string, compression: Params['compression']) => Promise<unknown>) | null;

const converters: Readonly<Record<ImageArtifact, Converter>> = {
  raw: null,
  // zstd(1): any number of threads gives the same output, only `--single-thread` another.
  'raw.zst': (disk, target) => runTool('zstd', ['--quiet', '-3', '--threads=0', '-o', target, disk]),
  qcow2: (disk, target, compression) => runTool('qemu-img', qcow2Arguments(disk, target, compression)),
};

/** The definition's formats with its compression: of the raw image, the compressed one takes its place. */
export function imageArtifacts({ formats, compression }: Pick<Params, 'formats' | 'compression'>): ImageArtifact[] {
  return formats.map((format) => (format === 'raw' && compression === 'zstd' ? 'raw.zst' : format));
}

/**
 * Arguments of qemu-img(1). zlib is what every reader of qcow2 knows; zstd is read by QEMU 5.1 and later, and takes a fraction
 * of the time. Clusters are written in order, so that the bytes are the same in every run.
 */
export function qcow2Arguments(disk: string, target: string, compression: Params['compression']): string[] {
  const type = compression === 'zstd' ? 'zstd' : 'zlib';
  const options = ['-f', 'raw', '-O', 'qcow2', '-o', `compat=1.1,compression_type=${type}`];
  return ['convert', '-q', '-c', ...options, disk, target];
}

/** Turns the raw image into `format` at `target`, unless it is there already. */
export async function convertImage(
  format: ImageArtifact,
  disk: string,
  target: string,
  compression: Params['compression'],
): Promise<void> {
  await converters[format]?.(disk, target, compression);
}
