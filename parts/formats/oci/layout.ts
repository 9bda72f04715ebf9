/** What stands in an OCI archive beside its one layer. Pure. */
import { createHash } from 'node:crypto';
import { goNames } from '../../../src/architecture.ts';
import type { PlacedFile } from '../../file-tree/placed-tree.ts';
import type { FormatSource } from '../format.ts';
import type { OciParams } from './params.ts';

export interface Layer {
  /** Where it lies. */
  file: string;
  sizeBytes: number;
  /** Of the file. */
  sha256: string;
  /** The sha256 of the tar in it. */
  diffId: string;
}

type Facts = Pick<FormatSource, 'name' | 'version' | 'arch' | 'sourceDate'>;

const media = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;
const layerSuffix = { gzip: '+gzip', zstd: '+zstd', none: '' } as const;
/** What a program finds that is started by its name alone; as Debian's init has it. */
const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** All files of the archive. */
export function archiveFiles(facts: Facts, params: OciParams, layer: Layer): PlacedFile[] {
  const { name, version, arch, sourceDate } = facts;
  const created = new Date(sourceDate * 1000).toISOString();
  const platform = { architecture: goNames[arch], os: 'linux' };
  const labels = { 'org.opencontainers.image.title': name, 'org.opencontainers.image.version': version };
  const config = blob({
    created,
    ...platform,
    config: { Env: [path], Entrypoint: params.entrypoint, StopSignal: params.stopSignal, Labels: labels },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer.diffId}`] },
    history: [{ created, created_by: `${name} ${version}` }],
  });
  const manifest = blob({
    schemaVersion: 2,
    mediaType: media.manifest,
    config: { mediaType: media.config, digest: `sha256:${config.sha256}`, size: config.sizeBytes },
    layers: [
      {
        mediaType: media.layer + layerSuffix[params.layer],
        digest: `sha256:${layer.sha256}`,
        size: layer.sizeBytes,
      },
    ],
    annotations: { ...labels, 'org.opencontainers.image.created': created },
  });
  const tag = tagOf(version);
  const index = {
    schemaVersion: 2,
    mediaType: media.index,
    manifests: [
      {
        mediaType: media.manifest,
        digest: `sha256:${manifest.sha256}`,
        size: manifest.sizeBytes,
        platform,
        annotations: { 'org.opencontainers.image.ref.name': tag },
      },
    ],
  };
  const forDocker = [
    { Config: blobPath(config.sha256), RepoTags: [`${name}:${tag}`], Layers: [blobPath(layer.sha256)] },
  ];
  return [
    { path: 'oci-layout', content: JSON.stringify({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', content: JSON.stringify(index) },
    { path: 'manifest.json', content: JSON.stringify(forDocker) },
    { path: blobPath(config.sha256), content: config.content },
    { path: blobPath(manifest.sha256), content: manifest.content },
    { path: blobPath(layer.sha256), file: layer.file },
  ];
}

/** A version as a tag (OCI Distribution, "Pulling manifests"): what cannot stand in one becomes `_`. */
export function tagOf(version: string): string {
  return version.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 128);
}

function blobPath(sha256: string): string {
  return `blobs/sha256/${sha256}`;
}

function blob(value: object): { content: string; sha256: string; sizeBytes: number } {
  const content = JSON.stringify(value);
  return {
    content,
    sha256: createHash('sha256').update(content).digest('hex'),
    sizeBytes: Buffer.byteLength(content),
  };
}
