import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import { execa } from 'execa';
import * as tar from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archiveBounds, readArchive } from '../../../src/images/archive.ts';
import { imageIdentity } from '../../../src/images/identity.ts';
import { readImagesLock } from '../../../src/images/lock.ts';
import { hashFolder, hashSources } from '../../../src/images/sources.ts';
import { StageImages, type StageImagesOptions } from '../../../src/images/stage-images.ts';
import { type ImageProgress, imageSubjects } from '../../../src/runtime/images.ts';
import { imageNames } from '../../../src/stages/names.ts';
import { archiveOf, MemoryImageEngine, makeImage } from '../../fixtures/memory-image-engine.ts';

let folder: string;
let directory: string;
let lockFile: string;
let engine: MemoryImageEngine;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-images-'));
  directory = join(folder, 'stage-images');
  lockFile = join(folder, 'data', 'images.lock.json');
  engine = new MemoryImageEngine();
  engine.registry.set('debian:test', { ...makeImage('debian'), digests: ['debian@sha256:1'] });
  for (const name of imageSubjects) await writeSource(name, 'FROM x\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function writeSource(name: string, dockerfile: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, 'Dockerfile'), dockerfile);
}

const silent = (): void => undefined;
const service = (options: Partial<StageImagesOptions> = {}): StageImages =>
  new StageImages({
    engine,
    directory,
    lockFile,
    spool: join(folder, 'incoming'),
    baseImage: 'debian:test',
    ...options,
  });
const states = async (): Promise<string[]> => (await service().verify()).map(({ state }) => state);
const tagOf = async (name: (typeof imageNames)[number]): Promise<string> =>
  `ldf/${name}:${(await hashSources(directory))[name].slice(0, 12)}`;

describe('ensure', () => {
  it('builds the base and every image, tells of it, and locks what came out', async () => {
    const told: ImageProgress[] = [];
    const images = await service().ensure((progress) => told.push(progress));
    expect(Object.keys(images).sort()).toEqual([...imageNames].sort());
    expect(engine.built).toHaveLength(5);
    expect(engine.built[0]).toMatch(/^ldf\/base:/);
    expect(
      told
        .filter(({ kind }) => kind === 'done')
        .map(({ image }) => image)
        .sort(),
    ).toEqual([...imageSubjects].sort());
    const lock = await readImagesLock(lockFile);
    expect(lock.base).toMatchObject({ wanted: 'debian:test', origin: 'pulled', digest: 'debian@sha256:1' });
    expect(lock.images['boot-tester']).toMatchObject({ id: images['boot-tester'].id, origin: 'built' });
    expect(await service().resolve()).toEqual(images);
  });

  it('builds nothing when nothing has changed, whoever asks', async () => {
    await service().ensure(silent);
    engine.built.length = 0;
    await service().ensure(silent);
    await service({ baseImage: undefined }).ensure(silent);
    await Promise.all([service().ensure(silent), service().ensure(silent)]);
    expect(engine.built).toEqual([]);
  });

  it('builds the one image whose sources have changed, on the base that is there', async () => {
    await service().ensure(silent);
    engine.built.length = 0;
    await writeSource('boot-tester', 'FROM x\nRUN true\n');
    expect(await states()).toEqual(['ok', 'ok', 'ok', 'stale']);
    await expect(service().resolve()).rejects.toMatchObject({ code: 'images.mismatch', message: /boot-tester/ });
    await service().ensure(silent);
    expect(engine.built).toEqual([await tagOf('boot-tester')]);
    expect(await states()).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('takes over what another installation on the engine has built', async () => {
    await service().ensure(silent);
    engine.built.length = 0;
    await service({ lockFile: join(folder, 'other.json'), baseImage: undefined }).ensure(silent);
    expect(engine.built).toEqual([]);
  });

  it('builds anew on another base when one is asked for', async () => {
    await service().ensure(silent);
    engine.built.length = 0;
    engine.registry.set('debian:other', makeImage('other'));
    await service({ baseImage: 'debian:other' }).ensure(silent);
    expect(engine.built).toHaveLength(5);
    expect((await readImagesLock(lockFile)).base?.wanted).toBe('debian:other');
  });

  it('keeps what was built when one build fails', async () => {
    engine.failing = 'image-packager';
    await expect(service().ensure(silent)).rejects.toMatchObject({ code: 'images.build-failed' });
    expect(await states()).toEqual(['ok', 'ok', 'missing', 'ok']);
    engine.failing = undefined;
    engine.built.length = 0;
    await service().ensure(silent);
    expect(engine.built).toEqual([await tagOf('image-packager')]);
  });

  it('does not bootstrap when the registry answers and has no such image', async () => {
    await expect(service({ baseImage: 'debian:none' }).ensure(silent)).rejects.toMatchObject({
      code: 'images.pull-failed',
    });
    expect(engine.built).toEqual([]);
  });
});

describe('verify', () => {
  it('says what is missing and how to get it', async () => {
    expect(await service().verify()).toContainEqual(
      expect.objectContaining({
        name: 'kernel-builder',
        state: 'missing',
        problem: expect.stringContaining('ldf images build'),
      }),
    );
    await expect(service().resolve()).rejects.toMatchObject({ code: 'images.missing' });
    expect(await service().list()).toEqual([]);
  });

  it('sees an image that Docker lost', async () => {
    const { 'kernel-builder': image } = await service().ensure(silent);
    engine.tags.delete(await tagOf('kernel-builder'));
    await engine.removeImage(image.id);
    expect(await states()).toEqual(['missing', 'ok', 'ok', 'ok']);
  });

  it('sees a name that was given to another image, and gives it back without a build', async () => {
    await service().ensure(silent);
    engine.built.length = 0;
    engine.tags.set(await tagOf('boot-tester'), engine.add('foreign').id);
    await expect(service().resolve()).rejects.toMatchObject({
      code: 'images.mismatch',
      message: /boot-tester:.* was given to another/,
    });
    const images = await service().ensure(silent);
    expect(engine.tags.get(await tagOf('boot-tester'))).toBe(images['boot-tester'].id);
    expect(engine.built).toEqual([]);
  });

  it('goes on with its own image when another installation has built the same sources again', async () => {
    const { 'boot-tester': own } = await service().ensure(silent);
    const tag = await tagOf('boot-tester');
    const rebuilt = engine.add('rebuilt', engine.images.get(own.id)?.labels);
    engine.tags.set(tag, rebuilt.id);
    expect(await states()).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect((await service().resolve())['boot-tester'].id).toBe(own.id);
  });

  it('sees an image that is not the locked one, and builds it anew', async () => {
    await service().ensure(silent);
    const lock = JSON.parse(await readFile(lockFile, 'utf8'));
    lock.images['image-packager'].identity = 'f'.repeat(64);
    await writeFile(lockFile, JSON.stringify(lock));
    expect(await states()).toEqual(['ok', 'ok', 'mismatch', 'ok']);
    engine.built.length = 0;
    await service().ensure(silent);
    expect(engine.built).toEqual([await tagOf('image-packager')]);
  });

  it('names a lock that cannot be read', async () => {
    await mkdir(join(folder, 'data'));
    await writeFile(lockFile, '{"version":1,');
    await expect(service().verify()).rejects.toMatchObject({
      code: 'images.mismatch',
      message: expect.stringContaining(`: ${basename(lockFile)} in the data folder`),
    });
  });
});

describe('images from elsewhere', () => {
  it('are saved here, loaded there, and are the same images', async () => {
    const here = await service().ensure(silent);
    const archive = await service().save();
    engine = new MemoryImageEngine();
    const loaded = await service().load(archive, false);
    expect(loaded.map(({ origin }) => origin)).toEqual(imageNames.map(() => 'loaded'));
    const there = await service({ baseImage: undefined }).resolve();
    expect(imageNames.map((name) => there[name].identity)).toEqual(imageNames.map((name) => here[name].identity));
    // Another base is wanted, but these were not built here.
    await service({ baseImage: 'debian:other' }).ensure(silent);
    expect(engine.built).toEqual([]);
  });

  it('are saved only when they are right', async () => {
    await service().ensure(silent);
    await writeSource('boot-tester', 'FROM y\n');
    await expect(service().save()).rejects.toMatchObject({ code: 'images.mismatch' });
    await expect(service().save(['kernel-builder'])).resolves.toBeDefined();
  });

  it('that are no stage images are refused', async () => {
    engine.add('foreign', {}, 'foreign:1');
    await expect(service().load(await engine.saveImages(['foreign:1']), true)).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  it('are not taken in once nobody wants them any more', async () => {
    await service().ensure(silent);
    const archive = await service().save();
    engine = new MemoryImageEngine();
    const leaving = new AbortController();
    const loading = service().load(archive, true, leaving.signal);
    leaving.abort(new Error('left'));
    await expect(loading).rejects.toThrow('left');
    expect(engine.images.size).toBe(0);
  });

  it('are pulled by the hash of their sources', async () => {
    for (const name of imageNames) {
      const sources = (await hashSources(directory))[name];
      const labels = { 'ldf.image': name, 'ldf.sources': sources };
      engine.registry.set(`registry.example/ldf/${name}:${sources.slice(0, 12)}`, makeImage(`pulled ${name}`, labels));
    }
    const pulled = await service().pull('registry.example/ldf', silent);
    expect(pulled.map(({ origin }) => origin)).toEqual(imageNames.map(() => 'pulled'));
    expect(await states()).toEqual(['ok', 'ok', 'ok', 'ok']);
    await expect(service().pull('registry.example/none', silent)).rejects.toMatchObject({ code: 'images.pull-failed' });
    // The registry's names are gone again.
    expect([...engine.tags.keys()].filter((tag) => !tag.startsWith('ldf/'))).toEqual([]);
  });

  it('are pulled only when their labels say what their names do', async () => {
    const sources = (await hashSources(directory))['kernel-builder'];
    const reference = `registry.example/ldf/kernel-builder:${sources.slice(0, 12)}`;
    for (const labels of [{ 'ldf.image': 'boot-tester', 'ldf.sources': sources }, { 'ldf.image': 'kernel-builder' }]) {
      engine.registry.set(reference, makeImage('pulled', labels));
      await expect(service().pull('registry.example/ldf', silent)).rejects.toThrow(/is no stage image kernel-builder/);
      expect([...engine.tags.keys()]).toEqual([]);
    }
  });
});

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
    expect([engine.images.size, engine.tags.size]).toEqual([0, 0]);
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  };

  it('is taken in only when somebody answers for it, under names of ours', async () => {
    const make = () => archiveOf([{ image, tags: [tag] }]);
    await expect(service().load(make(), false)).rejects.toMatchObject({
      code: 'images.mismatch',
      message: expect.stringContaining(`boot-tester ${imageIdentity(image)}`),
      hint: expect.stringContaining('--yes'),
    });
    untouched();
    await service().load(make(), true);
    expect([...engine.tags]).toEqual([[tag, image.id]]);
    // Known from then on.
    await service().load(make(), false);
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  });

  it('is taken in as gzip, too', async () => {
    const zipped = archiveOf([{ image, tags: [tag] }]).pipe(createGzip());
    await service().load(zipped, true);
    expect([...engine.tags.keys()]).toEqual([tag]);
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
    await expect(service().load(make(), true)).rejects.toMatchObject({
      code: 'request.invalid',
      message: expect.stringContaining('Nothing of it was taken in.'),
    });
    untouched();
  });

  it('is bounded by what it unpacks to, not by what is sent', async () => {
    const bounds = { ...archiveBounds, unpackedBytes: 100_000 };
    const read = async (archive: Readable) => {
      const target = await mkdtemp(join(folder, 'unpacked-'));
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
    const target = await mkdtemp(join(folder, 'unpacked-'));
    await expect(readArchive(many, target, { ...archiveBounds, entries: 10 })).rejects.toMatchObject({
      code: 'body.too-large',
    });
  });

  it('does not write outside of its folder, whatever its files are called', async () => {
    const archive = archiveOf([{ image, tags: [tag] }], { '../../escaped': 'x', '/etc/escaped': 'x' });
    await service().load(archive, true);
    expect(readdirSync(folder).sort()).toEqual(['data', 'incoming', 'stage-images']);
    const links = tar.pack();
    links.entry({ name: 'manifest.json', type: 'symlink', linkname: '/etc/passwd' });
    links.finalize();
    await expect(service().load(Readable.from(links), true)).rejects.toMatchObject({ code: 'request.invalid' });
    const device = tar.pack();
    device.entry({ name: 'sda', type: 'block-device' });
    device.finalize();
    await expect(service().load(Readable.from(device), true)).rejects.toThrow('block-device');
  });
});

describe('an identity', () => {
  const image = makeImage('x', { label: '1' });

  it('is made of layers and of what changes a run, and of nothing else', () => {
    const identity = imageIdentity(image);
    expect(imageIdentity(makeImage('x'))).toBe(identity);
    expect(imageIdentity({ ...image, config: { ...image.config, workingDir: '/' } })).toBe(identity);
    const others = [
      { ...image, layers: [...image.layers, 'sha256:2'] },
      { ...image, config: { ...image.config, entrypoint: ['sh'] } },
      { ...image, config: { ...image.config, cmd: ['x'] } },
      { ...image, config: { ...image.config, env: [] } },
      { ...image, config: { ...image.config, user: '1000' } },
      { ...image, config: { ...image.config, workingDir: '/tmp' } },
    ].map(imageIdentity);
    expect(new Set([identity, ...others]).size).toBe(7);
  });
});

describe('sources', () => {
  it('are hashed by path, content and the right to execute', async () => {
    const base = join(directory, 'base');
    const hash = await hashFolder(base);
    expect(await hashFolder(base)).toBe(hash);
    await execa('chmod', ['+x', join(base, 'Dockerfile')]);
    const executable = await hashFolder(base);
    await mkdir(join(base, 'a'));
    await writeFile(join(base, 'a', 'b'), '');
    expect(new Set([hash, executable, await hashFolder(base)]).size).toBe(3);
  });

  it('that are not there say what to do', async () => {
    await rm(join(directory, 'boot-tester'), { recursive: true });
    await expect(service().verify()).rejects.toMatchObject({ code: 'internal', hint: 'Run `npm run build`.' });
  });

  it('stand in stage-images/sources.json', { timeout: 60_000 }, async () => {
    const check = await execa('node', ['--import', 'tsx', 'scripts/images-hash.ts', '--check'], { reject: false });
    expect(check.stderr).not.toContain('out of date');
    expect(check.exitCode).toBe(0);
  });
});
