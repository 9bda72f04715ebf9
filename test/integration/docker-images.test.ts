import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StageImages as Resolved, stageImage } from '../../src/engine/core/dependencies.ts';
import { baseTag } from '../../src/images/base.ts';
import { readImagesLock } from '../../src/images/lock.ts';
import { hashSources } from '../../src/images/sources.ts';
import { StageImages } from '../../src/images/stage-images.ts';
import { DockerImages } from '../../src/runtime/docker/docker-images.ts';
import type { BuildEvent, ImageBuild, ImageProgress } from '../../src/runtime/images.ts';
import { type ImageName, imageNames, imagesOnDemand, usualImages } from '../../src/stages/names.ts';
import { openTestEngine, type TestEngine } from '../fixtures/docker-engine.ts';

/** Counts the builds that Docker is asked for. */
class CountingImages extends DockerImages {
  builds = 0;
  override buildImage(build: ImageBuild, onEvent: (event: BuildEvent) => void, signal?: AbortSignal): Promise<string> {
    this.builds++;
    return super.buildImage(build, onEvent, signal);
  }
}

const silent = (): void => undefined;
let docker: TestEngine;
let engine: CountingImages;
let folder: string;
let directory: string;
/** What the tests ask for as base images; the bases made of them go with the tests. */
const wantedBases: string[] = [];

beforeAll(async () => {
  docker = await openTestEngine();
  engine = new CountingImages(docker.docker);
  folder = await mkdtemp(join(tmpdir(), 'ldf-docker-images-'));
  directory = join(folder, 'stage-images');
  await cp(join(import.meta.dirname, '../../stage-images/base'), join(directory, 'base'), { recursive: true });
  for (const name of imageNames) await writeImage(name, `RUN echo "building ${name} of ${docker.installation}"`);
});
afterAll(async () => {
  const { base } = await hashSources(directory);
  for (const wanted of wantedBases) await engine.removeImage(baseTag({ wanted, sources: base }));
  const filters = { label: [`test=${docker.installation}`] };
  for (const { Id } of await docker.docker.listImages({ filters }))
    await docker.docker.getImage(Id).remove({ force: true });
  await docker.cleanUp();
  await rm(folder, { recursive: true });
});

/** A stage image that is made in a moment. The label marks it as the test's own. */
async function writeImage(name: ImageName, more: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  const lines = ['ARG BASE', 'FROM $BASE', `LABEL test=${docker.installation}`, 'COPY program.mjs /', more];
  await writeFile(join(directory, name, 'Dockerfile'), `${lines.join('\n')}\nENTRYPOINT ["node", "/program.mjs"]\n`);
  await writeFile(join(directory, name, 'program.mjs'), `console.log('${name}');\n`);
}

const service = (lock = 'images.lock.json', baseImage?: string): StageImages => {
  if (baseImage) wantedBases.push(baseImage);
  return new StageImages({
    engine,
    directory,
    lockFile: join(folder, lock),
    spool: join(folder, 'incoming'),
    baseImage,
  });
};
/** The images, of which none is missing. */
const allOf = async (made: Promise<Resolved>) => {
  const images = await made;
  return Object.fromEntries(usualImages.map((name) => [name, stageImage(images, name)])) as Record<
    ImageName,
    ReturnType<typeof stageImage>
  >;
};
/** Of the images that every installation has. */
const states = async (): Promise<string[]> =>
  (await service().verify()).filter(({ name }) => usualImages.includes(name)).map(({ state }) => state);
const tagOf = async (name: ImageName): Promise<string> =>
  `ldf/${name}:${(await hashSources(directory))[name].slice(0, 12)}`;

describe('stage images', () => {
  it('are built side by side, with steps and lines to see, and not again', async () => {
    const told: ImageProgress[] = [];
    const images = await allOf(service().ensure((progress) => told.push(progress)));
    expect(engine.builds).toBe(4);
    expect(told).toContainEqual(expect.objectContaining({ image: 'boot-tester', kind: 'step', step: 3, steps: 3 }));
    expect(told).toContainEqual(
      expect.objectContaining({ kind: 'log', text: `building boot-tester of ${docker.installation}` }),
    );
    expect(images['boot-tester']).toMatchObject({ origin: 'built', id: expect.stringMatching(/^sha256:/) });
    expect(new Set(Object.values(images).map(({ identity }) => identity)).size).toBe(4);

    await service().ensure(silent);
    expect(await service().resolve()).toEqual(images);
    expect(engine.builds).toBe(4);
    expect((await service().verify()).filter(({ state }) => state === 'unused').map(({ name }) => name)).toEqual([
      ...imagesOnDemand,
    ]);
  });

  it('are built to the same identity from the same files, whatever their times', async () => {
    const before = await allOf(service().resolve());
    await docker.docker.getImage(before['boot-tester'].id).remove({ force: true });
    expect(await states()).toEqual(['ok', 'ok', 'ok', 'missing']);
    const copy = join(folder, 'copy');
    await cp(directory, copy, { recursive: true });
    const again = new StageImages({
      engine,
      directory: copy,
      lockFile: join(folder, 'images.lock.json'),
      spool: join(folder, 'incoming'),
      baseImage: undefined,
    });
    const after = await allOf(again.ensure(silent));
    expect(after['boot-tester'].identity).toBe(before['boot-tester'].identity);
  });

  it('keep their identity when they are saved and loaded', async () => {
    const before = await allOf(service().resolve());
    const archive = await buffer(await service().save(['boot-tester']));
    await docker.docker.getImage(before['boot-tester'].id).remove({ force: true });
    expect(await states()).toEqual(['ok', 'ok', 'ok', 'missing']);
    const loaded = await service().load(Readable.from([archive]), true);
    expect(loaded).toEqual([{ ...before['boot-tester'], origin: 'loaded', id: loaded[0]?.id }]);
    expect(await states()).toEqual(['ok', 'ok', 'ok', 'ok']);
    const { builds } = engine;
    await service().ensure(silent);
    expect(engine.builds).toBe(builds);
  });

  it('are taken from no archive that names anything else, and nothing of it stays', async () => {
    const name = `ldf-foreign-${docker.installation}:1`;
    await engine.tagImage(docker.base.id, name);
    const archive = await buffer(await engine.saveImages([name, await tagOf('boot-tester')]));
    await engine.removeImage(name);
    const loading = service().load(Readable.from([archive]), true);
    await expect(loading).rejects.toThrow(/names images that are none of LDF's: "ldf-foreign-/);
    expect(await engine.inspectImage(name)).toBeUndefined();
  });

  it('are not run under a name that another image was given', async () => {
    await engine.tagImage(docker.base.id, await tagOf('kernel-builder'));
    await expect(service().resolve()).rejects.toMatchObject({
      code: 'images.mismatch',
      hint: expect.stringContaining('ldf images build'),
    });
    await service().ensure(silent);
    expect(await states()).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('that cannot be built show the last lines of what failed', async () => {
    await writeImage('image-packager', 'RUN echo "no such package: frobnicate" >&2; exit 100');
    await expect(service().ensure(silent)).rejects.toMatchObject({
      code: 'images.build-failed',
      message: expect.stringMatching(/image-packager.*RUN echo.*no such package: frobnicate.*exit code: 100/s),
    });
    expect(await states()).toEqual(['ok', 'ok', 'stale', 'ok']);
    await writeImage('image-packager', `RUN echo "building image-packager of ${docker.installation}"`);
  });

  it('stop being built when the signal says so', async () => {
    await writeImage('image-packager', `RUN echo begun ${docker.installation}; sleep 600`);
    const cancel = new AbortController();
    const onProgress = ({ text }: ImageProgress): void => {
      if (text === `begun ${docker.installation}`) cancel.abort(new Error('enough'));
    };
    await expect(service().ensure(onProgress, cancel.signal)).rejects.toThrow('enough');
    await writeImage('image-packager', `RUN echo "building image-packager of ${docker.installation}"`);
    expect(await states()).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('are refused as an archive when it is none', async () => {
    await expect(service().load(Readable.from(['no tar at all']), true)).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });
});

describe('a registry', () => {
  let registry: Server;
  let host: string;
  const asked: string[] = [];
  /** What it serves, by the last parts of the path. */
  const served = new Map<string, { type: string; body: Buffer }>();
  const digest = (body: Buffer): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;

  beforeAll(async () => {
    registry = createServer(({ url = '', method }, answer) => {
      asked.push(url);
      const content = url === '/v2/' ? { type: 'application/json', body: Buffer.from('{}') } : served.get(url);
      answer.statusCode = content ? 200 : 404;
      if (content) answer.setHeader('Content-Type', content.type).setHeader('Content-Length', content.body.length);
      if (content) answer.setHeader('Docker-Content-Digest', digest(content.body));
      answer.end(method === 'HEAD' ? undefined : content?.body);
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => registry.close(resolve)));

  /** Publishes an image of one empty layer (Image Manifest V2, Schema 2). */
  function publish(repository: string, tag: string, labels: Record<string, string>): void {
    const layer = Buffer.alloc(1024);
    const config = Buffer.from(
      JSON.stringify({
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        os: 'linux',
        config: { Labels: { ...labels, test: docker.installation }, Cmd: ['true'] },
        rootfs: { type: 'layers', diff_ids: [digest(layer)] },
        history: [{ created_by: repository }],
      }),
    );
    const types = 'application/vnd.docker';
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: `${types}.distribution.manifest.v2+json`,
        config: { mediaType: `${types}.container.image.v1+json`, size: config.length, digest: digest(config) },
        layers: [{ mediaType: `${types}.image.rootfs.diff.tar`, size: layer.length, digest: digest(layer) }],
      }),
    );
    for (const blob of [layer, config])
      served.set(`/v2/${repository}/blobs/${digest(blob)}`, { type: 'application/octet-stream', body: blob });
    for (const reference of [tag, digest(manifest)])
      served.set(`/v2/${repository}/manifests/${reference}`, {
        type: `${types}.distribution.manifest.v2+json`,
        body: manifest,
      });
  }

  it('gives the images under a prefix', async () => {
    const hashes = await hashSources(directory);
    for (const name of imageNames)
      publish(`some/path/${name}`, hashes[name].slice(0, 12), { 'ldf.image': name, 'ldf.sources': hashes[name] });
    const pulled = await service('pulled.json').pull(`${host}/some/path`, silent);
    expect(pulled.map(({ name, origin }) => `${name} ${origin}`)).toEqual(usualImages.map((name) => `${name} pulled`));
    expect(Object.keys(await service('pulled.json').resolve())).toHaveLength(4);
    // The images of the tests above bear the same names; they are given them back.
    await service().ensure(silent);
  });

  it('that has no such image, or one that is not ours, is told of', async () => {
    publish('foreign/kernel-builder', (await hashSources(directory))['kernel-builder'].slice(0, 12), {});
    await expect(service('x.json').pull(`${host}/foreign`, silent)).rejects.toThrow(/is no stage image kernel-builder/);
    await expect(service('x.json').pull(`${host}/none`, silent)).rejects.toMatchObject({
      code: 'images.pull-failed',
      subcode: undefined,
    });
    expect((await readImagesLock(join(folder, 'x.json'))).images).toEqual({});
  });

  it('is not asked for anything unless a base image is named, and then only when it is not there', async () => {
    asked.length = 0;
    await service().ensure(silent);
    expect(asked).toEqual([]);
    const reference = `${host}/base:${docker.installation}`;
    await engine.tagImage(docker.base.id, reference);
    await service('local.json', reference).ensure(silent);
    expect(asked).toEqual([]);
    expect((await readImagesLock(join(folder, 'local.json'))).base).toMatchObject({ origin: 'local' });
    await engine.removeImage(reference);
  });

  it('that does not answer leaves the base to be made from packages', async () => {
    await service('fallback.json', '127.0.0.1:1/base:none').ensure(silent);
    const { base } = await readImagesLock(join(folder, 'fallback.json'));
    expect(base).toMatchObject({ wanted: '127.0.0.1:1/base:none', origin: 'bootstrapped' });
  });
});
