import { readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import * as tar from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archiveBounds, readArchive } from '../../../src/images/archive.ts';
import { imageIdentity } from '../../../src/images/identity.ts';
import { archiveOf, makeImage } from '../../fixtures/memory-image-engine.ts';
import { ImagesInstallation } from './installation.ts';

let installation: ImagesInstallation;

beforeEach(async () => {
  installation = await ImagesInstallation.open();
});
afterEach(() => installation.close());

/** An archive of one image whose layer is packed. */
function packOf(image: ReturnType<typeof makeImage>, tag: string, layer: Buffer): Readable {
  const pack = tar.pack();
  const configuration = { config: { Entrypoint: ['node'], Labels: image.labels }, rootfs: { diff_ids: image.layers } };
  pack.entry({ name: 'c.json' }, JSON.stringify(configuration));
  pack.entry({ name: 'layer.tar' }, layer);
  pack.entry({ name: 'manifest.json' }, JSON.stringify([{ Config: 'c.json', RepoTags: [tag], Layers: ['layer.tar'] }]));
  pack.finalize();
  return Readable.from(pack);
}

describe('an archive from a stranger', () => {
  const labelsOf = (name: string, sources: string) => ({ 'ldf.image': name, 'ldf.sources': sources });
  const sources = 'ab'.repeat(32);
  const tag = `ldf/boot-tester:${sources.slice(0, 12)}`;
  const image = makeImage('a stranger’s', labelsOf('boot-tester', sources));
  const untouched = () => {
    expect([installation.engine.images.size, installation.engine.tags.size]).toEqual([0, 0]);
    expect(readdirSync(join(installation.folder, 'incoming'))).toEqual([]);
  };

  it('is taken in only when somebody answers for it, under names of ours', async () => {
    const make = () => archiveOf([{ image, tags: [tag] }]);
    await expect(installation.service().load(make(), false)).rejects.toMatchObject({
      code: 'images.mismatch',
      message: expect.stringContaining(`boot-tester ${imageIdentity(image)}`),
      hint: expect.stringContaining('--yes'),
    });
    untouched();
    await installation.service().load(make(), true);
    expect([...installation.engine.tags]).toEqual([[tag, image.id]]);
    // Known from then on.
    await installation.service().load(make(), false);
    expect(readdirSync(join(installation.folder, 'incoming'))).toEqual([]);
  });

  it('is taken in as gzip, too', async () => {
    const zipped = archiveOf([{ image, tags: [tag] }]).pipe(createGzip());
    await installation.service().load(zipped, true);
    expect([...installation.engine.tags.keys()]).toEqual([tag]);
  });

  const index = (name: string) => ({
    'index.json': JSON.stringify({ manifests: [{ annotations: { 'io.containerd.image.name': name } }] }),
  });
  it.each([
    ['another name', () => archiveOf([{ image, tags: ['postgres:16'] }])],
    ['another name beside', () => archiveOf([{ image, tags: [tag, 'postgres:16'] }])],
    ['the name of a base', () => archiveOf([{ image, tags: ['ldf/base:0123456789ab'] }])],
    ['a floating tag', () => archiveOf([{ image, tags: ['ldf/boot-tester:latest'] }])],
    ['a registry before the name', () => archiveOf([{ image, tags: [`registry.example/${tag}`] }])],
    ['no name', () => archiveOf([{ image, tags: [] }])],
    ['a name in index.json', () => archiveOf([{ image, tags: [tag] }], index('docker.io/library/postgres:16'))],
    [
      'one image more, foreign',
      () =>
        archiveOf([
          { image, tags: [tag] },
          { image: makeImage('x'), tags: ['x:1'] },
        ]),
    ],
    [
      'two of one name',
      () =>
        archiveOf([
          { image, tags: [tag] },
          { image: makeImage('x', image.labels), tags: [tag] },
        ]),
    ],
    [
      'labels of another image',
      () => archiveOf([{ image: makeImage('x', labelsOf('kernel-builder', sources)), tags: [tag] }]),
    ],
    [
      'labels of other sources',
      () => archiveOf([{ image: makeImage('x', labelsOf('boot-tester', 'cd'.repeat(32))), tags: [tag] }]),
    ],
    ['a layer that is another', () => archiveOf([{ image, tags: [tag], layer: 'something else' }])],
    ['no manifest', () => archiveOf([], { 'manifest.json': '{}' })],
    ['no image', () => archiveOf([])],
    ['no tar', () => Readable.from(['no tar at all'])],
  ])('with %s is refused as a whole, before Docker sees it', async (_what, make) => {
    await expect(installation.service().load(make(), true)).rejects.toMatchObject({
      code: 'request.invalid',
      message: expect.stringContaining('Nothing was loaded.'),
    });
    untouched();
  });

  it('is bounded by what it unpacks to, not by what is sent', async () => {
    const bounds = { ...archiveBounds, unpackedBytes: 100_000 };
    const read = async (archive: Readable) => {
      const target = await mkdtemp(join(installation.folder, 'unpacked-'));
      return readArchive(archive, target, bounds);
    };
    const outside = archiveOf([{ image, tags: [tag] }], { bomb: '0'.repeat(200_000) }).pipe(createGzip());
    await expect(read(outside)).rejects.toMatchObject({ code: 'body.too-large' });
    const zeros = '0'.repeat(200_000);
    const bomb = { ...makeImage(zeros, image.labels) };
    const inside = packOf(bomb, tag, gzipSync(zeros));
    await expect(read(inside)).rejects.toMatchObject({ code: 'body.too-large' });
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, number) => [`file-${number}`, 'x']));
    const many = archiveOf([{ image, tags: [tag] }], files);
    const target = await mkdtemp(join(installation.folder, 'unpacked-'));
    await expect(readArchive(many, target, { ...archiveBounds, entries: 10 })).rejects.toMatchObject({
      code: 'body.too-large',
    });
  });

  it('does not write outside of its folder, whatever its files are called', async () => {
    const archive = archiveOf([{ image, tags: [tag] }], { '../../escaped': 'x', '/etc/escaped': 'x' });
    await installation.service().load(archive, true);
    expect(readdirSync(installation.folder).sort()).toEqual(['data', 'incoming', 'stage-images']);
    const links = tar.pack();
    links.entry({ name: 'manifest.json', type: 'symlink', linkname: '/etc/passwd' });
    links.finalize();
    await expect(installation.service().load(Readable.from(links), true)).rejects.toMatchObject({
      code: 'request.invalid',
    });
    const device = tar.pack();
    device.entry({ name: 'sda', type: 'block-device' });
    device.finalize();
    await expect(installation.service().load(Readable.from(device), true)).rejects.toThrow('block-device');
  });
});
