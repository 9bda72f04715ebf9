import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlacedTree } from '../../file-tree/placed-tree.ts';
import { TarArchive } from '../../file-tree/tar-archive.ts';
import { TarTree } from '../../file-tree/tar-tree.ts';
import type { FormatSource } from '../format.ts';
import { tagOf } from './layout.ts';
import { oci } from './oci.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-oci-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function archiveOf(params: object, name = 'image'): Promise<string> {
  const work = join(folder, name);
  await mkdir(work);
  const files = new PlacedTree([{ path: 'sbin/init', content: 'init' }], join(work, 'tree'), 0);
  const root = new TarTree([new TarArchive(await files.archive())], work);
  const source: FormatSource = {
    ...{ disk: '/none', root, work, key: 'ab'.repeat(32), name: 'gw', version: '1.2+3', arch: 'aarch64' },
    sourceDate: 1_750_000_000,
    labelledRoot: () => Promise.reject(new Error('nothing is labelled')),
    live: () => Promise.reject(new Error('it is no live system')),
  };
  const target = join(folder, `${name}.oci.tar`);
  await oci.make(params)().convert?.(source, target);
  return target;
}

const read = (archive: string, path: string) => execFileSync('tar', ['-xOf', archive, path]);
const json = (archive: string, path: string) => JSON.parse(read(archive, path).toString());
const blobOf = (digest: string) => `blobs/${digest.replace(':', '/')}`;
const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test('index, manifest, config and layer name each other by what they are', async () => {
  const archive = await archiveOf({});
  expect(json(archive, 'oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
  const [entry] = json(archive, 'index.json').manifests;
  expect(entry).toMatchObject({ platform: { architecture: 'arm64', os: 'linux' } });
  expect(sha256(read(archive, blobOf(entry.digest)))).toBe(entry.digest);
  const manifest = json(archive, blobOf(entry.digest));
  const [layer] = manifest.layers;
  expect(layer.mediaType).toBe('application/vnd.oci.image.layer.v1.tar+gzip');
  const packed = read(archive, blobOf(layer.digest));
  expect([sha256(packed), packed.length]).toEqual([layer.digest, layer.size]);
  const config = json(archive, blobOf(manifest.config.digest));
  expect(config).toMatchObject({
    ...{ architecture: 'arm64', os: 'linux', created: '2025-06-15T15:06:40.000Z' },
    config: { Entrypoint: ['/sbin/init'], StopSignal: 'SIGRTMIN+3' },
  });
  expect(config.rootfs.diff_ids).toEqual([sha256(gunzipSync(packed))]);
  expect(json(archive, 'manifest.json')).toEqual([
    { Config: blobOf(manifest.config.digest), RepoTags: ['gw:1.2_3'], Layers: [blobOf(layer.digest)] },
  ]);
});

test('it is the same in every run', async () => {
  const [one, two] = [await archiveOf({}, 'one'), await archiveOf({}, 'two')];
  expect((await readFile(one)).equals(await readFile(two))).toBe(true);
});

test('it runs what it is asked to run, with a layer that is compressed as it is asked for', async () => {
  const archive = await archiveOf({ entrypoint: ['/bin/sh', '-c', 'id'], stopSignal: 'SIGTERM', layer: 'none' });
  const manifest = json(archive, blobOf(json(archive, 'index.json').manifests[0].digest));
  expect(manifest.layers[0].mediaType).toBe('application/vnd.oci.image.layer.v1.tar');
  expect(json(archive, blobOf(manifest.config.digest)).config).toMatchObject({
    ...{ Entrypoint: ['/bin/sh', '-c', 'id'], StopSignal: 'SIGTERM' },
  });
  expect(() => oci.make({ entrypoint: [] })).toThrow(/entrypoint/);
  expect(() => oci.make({ stopSignal: 'stop' })).toThrow(/must be a signal/);
  expect(tagOf('1~rc1')).toBe('1_rc1');
});
