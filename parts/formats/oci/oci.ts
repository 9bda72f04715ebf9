/**
 * The root file system as an image of containers, in one archive for `docker load`, `podman load` and `skopeo copy oci-archive:`. OCI Image
 * Format 1.1 ("image-layout", "config", "manifest"); manifest.json beside it is what `docker load` asks for where it knows no OCI layout.
 */
import { copyFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256File } from '../../../stage-images/contract/hash.ts';
import { PlacedTree } from '../../file-tree/placed-tree.ts';
import { writeSortedTar } from '../../file-tree/sorted-tar.ts';
import { definePart } from '../../part.ts';
import type { Format, FormatSource } from '../format.ts';
import { packFile } from '../packed.ts';
import { archiveFiles, type Layer } from './layout.ts';
import { OciParams } from './params.ts';

export const oci = definePart(
  OciParams,
  (params) => (): Format => ({
    extension: 'oci.tar',
    mediaType: 'application/x-tar',
    disk: null,
    sparse: false,
    bootable: false,
    qemu: null,
    compress: 'none',
    convert: (source, target) => convert(source, target, params),
  }),
);

async function convert(source: FormatSource, target: string, params: OciParams): Promise<void> {
  const { root, work, sourceDate } = source;
  const tar = join(work, 'layer.tar');
  await writeSortedTar(root, tar);
  const layer = await pack(tar, params.layer);
  const archive = await new PlacedTree(
    archiveFiles(source, params, layer),
    join(work, 'archive'),
    sourceDate,
  ).archive();
  await copyFile(archive, target);
  await Promise.all([tar, layer.file, archive].map((file) => rm(file, { force: true })));
}

async function pack(tar: string, compression: OciParams['layer']): Promise<Layer> {
  const diffId = await sha256File(tar);
  const file = compression === 'none' ? tar : `${tar}.packed`;
  if (compression !== 'none') await packFile(compression, tar, file);
  const { size } = await stat(file);
  return { file, sizeBytes: size, sha256: compression === 'none' ? diffId : await sha256File(file), diffId };
}
