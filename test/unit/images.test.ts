import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageIdentity } from '../../src/images/identity.ts';
import { readImagesLock } from '../../src/images/lock.ts';
import { hashFolder, hashSources } from '../../src/images/sources.ts';
import { StageImages, type StageImagesOptions } from '../../src/images/stage-images.ts';
import { type ImageProgress, imageSubjects } from '../../src/runtime/images.ts';
import { imageNames } from '../../src/stages/names.ts';
import { MemoryImageEngine, makeImage } from '../fixtures/memory-image-engine.ts';

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
  new StageImages({ engine, directory, lockFile, baseImage: 'debian:test', ...options });
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
      message: expect.stringContaining(lockFile),
    });
  });
});

describe('images from elsewhere', () => {
  it('are saved here, loaded there, and are the same images', async () => {
    const here = await service().ensure(silent);
    const archive = await service().save();
    engine = new MemoryImageEngine();
    const loaded = await service().load(archive);
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
    await expect(service().load(await engine.saveImages(['foreign:1']))).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  it('are not taken in once nobody wants them any more', async () => {
    await service().ensure(silent);
    const archive = await service().save();
    engine = new MemoryImageEngine();
    const leaving = new AbortController();
    const loading = service().load(archive, leaving.signal);
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
