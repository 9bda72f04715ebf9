/** The stage images of this installation: built on one base, recorded in its lock, verified before anything runs on them. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import PQueue from 'p-queue';
import { LdfError } from '../errors.ts';
import type { StageImageStatus } from '../model/stage-image.ts';
import {
  type EngineImage,
  type ImageEngine,
  imageLabels,
  type OnImageProgress,
  type StageImageService,
} from '../runtime/images.ts';
import type { StageImage } from '../runtime/runtime.ts';
import { Sha256 } from '../stages/contract.ts';
import { type ImageName, imageNames, usualImages } from '../stages/names.ts';
import { type ArchivedImage, archiveBounds, packArchive, readArchive } from './archive.ts';
import { StageBase } from './base.ts';
import { buildSideBySide, type WantedImage } from './build-images.ts';
import { imageIdentity } from './identity.ts';
import { describeImage, type Evidence, type ImageVerdict, judge, mayReuse, stageImage } from './judge.ts';
import { type ImagesLock, type LockedImage, readImagesLock, writeImagesLock } from './lock.ts';
import { hashSources } from './sources.ts';

export interface StageImagesOptions {
  engine: ImageEngine;
  /** `dist/stage-images`: one folder an image, with its Dockerfile and all it copies. */
  directory: string;
  /** `<data folder>/images.lock.json`. */
  lockFile: string;
  /** Where archives are unpacked to be looked through. */
  spool: string;
  /** LDF_BASE_IMAGE. */
  baseImage: string | undefined;
}

interface Examined {
  evidence: Evidence;
  verdict: ImageVerdict;
}

type Origin = LockedImage['origin'];

export class StageImages implements StageImageService {
  readonly #options: StageImagesOptions;
  readonly #engine: ImageEngine;
  /** What changes the lock goes one after the other. */
  readonly #changes = new PQueue({ concurrency: 1 });

  constructor(options: StageImagesOptions) {
    this.#options = options;
    this.#engine = options.engine;
  }

  async list(): Promise<StageImage[]> {
    const examined = await this.#examine();
    return examined.flatMap(({ verdict }) => (verdict.state === 'ok' ? verdict.image : (verdict.found ?? [])));
  }

  async verify(): Promise<StageImageStatus[]> {
    return (await this.#examine()).map(({ verdict }) => describeImage(verdict));
  }

  async resolve(needed: readonly ImageName[] = usualImages): Promise<Partial<Record<ImageName, StageImage>>> {
    const images: Partial<Record<ImageName, StageImage>> = {};
    const problems: string[] = [];
    let missing = false;
    for (const { evidence, verdict } of await this.#examine()) {
      if (verdict.state === 'ok') images[evidence.name] = verdict.image;
      else if (needed.includes(evidence.name)) {
        problems.push(verdict.problem);
        missing ||= verdict.state === 'missing' || verdict.state === 'unused';
      }
    }
    if (problems.length === 0) return images;
    throw new LdfError(missing ? 'images.missing' : 'images.mismatch', problems.join('\n'), {
      hint: 'Run `ldf images build`; it rebuilds only what is missing or outdated.',
    });
  }

  async ensure(
    onProgress: OnImageProgress,
    signal?: AbortSignal,
    asked?: readonly ImageName[],
  ): Promise<Partial<Record<ImageName, StageImage>>> {
    return await this.#changes.add(async () => {
      const lock = await readImagesLock(this.#options.lockFile);
      const needed = asked ?? imageNames.filter((name) => usualImages.includes(name) || lock.images[name]);
      const wanted = this.#options.baseImage;
      const otherBase = wanted !== undefined && lock.base?.wanted !== wanted;
      const toBuild: Evidence[] = [];
      for (const { evidence, verdict } of await this.#examine(lock)) {
        if (!needed.includes(evidence.name)) continue;
        const rebase = otherBase && (evidence.locked?.origin ?? 'built') === 'built';
        if (rebase || (verdict.state !== 'ok' && !(await this.#reuse(evidence, verdict, onProgress))))
          toBuild.push(evidence);
      }
      if (toBuild.length > 0) await this.#build(toBuild, lock, onProgress, signal);
      return await this.resolve(needed);
    });
  }

  async save(names: readonly ImageName[] = usualImages): Promise<Readable> {
    const tags: string[] = [];
    for (const { evidence, verdict } of await this.#examine()) {
      if (!names.includes(evidence.name)) continue;
      if (verdict.state !== 'ok')
        throw new LdfError(
          verdict.state === 'missing' || verdict.state === 'unused' ? 'images.missing' : 'images.mismatch',
          verdict.problem,
        );
      if (!evidence.byTag) await this.#engine.tagImage(verdict.image.id, evidence.tag);
      tags.push(evidence.tag);
    }
    return await this.#engine.saveImages(tags);
  }

  async load(archive: Readable, trusted: boolean, signal?: AbortSignal): Promise<StageImage[]> {
    return await this.#changes.add(async () => {
      signal?.throwIfAborted();
      await mkdir(this.#options.spool, { recursive: true });
      const folder = await mkdtemp(join(this.#options.spool, 'archive-'));
      try {
        const images = await readArchive(archive, folder, archiveBounds, signal);
        if (!trusted) await this.#requireKnown(images);
        return await this.#takeIn(images, signal);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }

  async pull(prefix: string, onProgress: OnImageProgress, signal?: AbortSignal): Promise<StageImage[]> {
    return await this.#changes.add(async () => {
      const pulled: StageImage[] = [];
      for (const { evidence, verdict } of await this.#examine()) {
        if (verdict.state === 'unused') continue;
        const { name, tag, sources } = evidence;
        const reference = `${prefix}/${tag.slice(tag.indexOf('/') + 1)}`;
        onProgress({ image: name, kind: 'step', step: 0, steps: 0, text: `pulling ${reference}` });
        const onLine = (text: string): void => onProgress({ image: name, kind: 'log', step: 0, steps: 0, text });
        const before = await this.#engine.inspectImage(reference);
        const image = await this.#engine.pullImage(reference, onLine, signal);
        const isWanted = image.labels[imageLabels.image] === name && image.labels[imageLabels.sources] === sources;
        // Named by its sources before the registry's name goes, with which an image that has no other would go, too.
        const stageImage = isWanted ? await this.#record(name, image, 'pulled') : undefined;
        if (!before) await this.#engine.removeImage(reference);
        if (!stageImage)
          throw new LdfError('images.pull-failed', `${reference} is no stage image ${name} of this version of LDF.`, {
            hint: 'Publish the images that `ldf images save` writes under that prefix.',
          });
        pulled.push(stageImage);
        onProgress({ image: name, kind: 'done', step: 0, steps: 0, text: 'pulled' });
      }
      return pulled;
    });
  }

  /** Images that were built here, or taken in before, need nobody's word. @throws LdfError `images.mismatch` */
  async #requireKnown(images: readonly ArchivedImage[]): Promise<void> {
    const lock = await readImagesLock(this.#options.lockFile);
    const unknown = images.filter(({ name, identity }) => lock.images[name]?.identity !== identity);
    if (unknown.length === 0) return;
    throw new LdfError(
      'images.mismatch',
      [
        'This installation does not know these images. What runs in them makes the distributions:',
        ...unknown.map(({ name, identity }) => `${name} ${identity}`),
      ].join('\n'),
      {
        hint: 'Compare the identities with what `ldf images list --json` shows where the archive was made; if they are the same, take it in with `ldf images load FILE --yes`.',
      },
    );
  }

  /** Gives Docker what was checked and no more, and names it ourselves. What does not turn out the same is removed again. */
  async #takeIn(images: readonly ArchivedImage[], signal?: AbortSignal): Promise<StageImage[]> {
    const found = new Map<string, EngineImage>();
    for (const reference of await this.#engine.loadImages(packArchive(images), signal)) {
      const image = await this.#engine.inspectImage(reference);
      if (image) found.set(imageIdentity(image), image);
    }
    const taken = images.flatMap(({ name, identity }) => {
      const image = found.get(identity);
      return image?.labels[imageLabels.image] === name ? [{ name, image }] : [];
    });
    if (taken.length < images.length) {
      for (const { id, tags } of found.values()) if (tags.length === 0) await this.#engine.removeImage(id);
      throw new LdfError('request.invalid', 'Docker made other images of the archive than it says.', {
        hint: 'Give an archive that `ldf images save` wrote.',
      });
    }
    const loaded: StageImage[] = [];
    for (const { name, image } of taken) loaded.push(await this.#record(name, image, 'loaded'));
    return loaded;
  }

  async #examine(lock?: ImagesLock): Promise<Examined[]> {
    const { images } = lock ?? (await readImagesLock(this.#options.lockFile));
    const hashes = await hashSources(this.#options.directory);
    return await Promise.all(
      imageNames.map(async (name) => {
        const [sources, locked] = [hashes[name], images[name]];
        const tag = tagOf(name, sources);
        const byId = locked && (await this.#engine.inspectImage(locked.id));
        const byTag = await this.#engine.inspectImage(tag);
        const evidence = { name, tag, sources, locked, byId, byTag };
        return { evidence, verdict: judge(evidence) };
      }),
    );
  }

  /** Makes an image right without building it, where that can be done. */
  async #reuse(evidence: Evidence, verdict: ImageVerdict, onProgress: OnImageProgress): Promise<boolean> {
    const image = mayReuse(evidence, verdict);
    if (!image) return false;
    const origin = image === evidence.byId ? evidence.locked?.origin : undefined;
    await this.#record(evidence.name, image, origin ?? 'built');
    onProgress({ image: evidence.name, kind: 'done', step: 0, steps: 0, text: 'in Docker already' });
    return true;
  }

  /** Builds what is wanted on one base. What was built is kept even if another build fails. */
  async #build(
    wanted: readonly WantedImage[],
    lock: ImagesLock,
    onProgress: OnImageProgress,
    signal?: AbortSignal,
  ): Promise<void> {
    const { baseImage, directory } = this.#options;
    const { base: sources } = await hashSources(directory);
    const wish = { wanted: baseImage, sources, locked: lock.base };
    const base = await new StageBase(this.#engine, directory, onProgress).ensure(wish, signal);
    await this.#update((current) => ({ ...current, base: base.locked }));
    const run = { engine: this.#engine, directory, base: base.tag, onProgress, signal };
    const { images, failure } = await buildSideBySide(wanted, run);
    for (const { name, image } of images) await this.#record(name, image, 'built');
    signal?.throwIfAborted();
    if (failure !== undefined) throw failure;
  }

  /** Enters an image into the lock and gives it its name. */
  async #record(name: ImageName, image: EngineImage, origin: Origin): Promise<StageImage> {
    const label = Sha256.safeParse(image.labels[imageLabels.sources]);
    const sources = label.success ? label.data : null;
    const builtAt = new Date().toISOString();
    const locked = { id: image.id, identity: imageIdentity(image), sources, origin, builtAt };
    if (sources !== null) await this.#engine.tagImage(image.id, tagOf(name, sources));
    await this.#update((lock) => ({ ...lock, images: { ...lock.images, [name]: locked } }));
    return stageImage(name, image, locked);
  }

  /** Changes the lock as it is now: another process may have written it meanwhile. */
  async #update(change: (lock: ImagesLock) => ImagesLock): Promise<void> {
    await writeImagesLock(this.#options.lockFile, change(await readImagesLock(this.#options.lockFile)));
  }
}

function tagOf(name: ImageName, sources: string): string {
  return `ldf/${name}:${sources.slice(0, 12)}`;
}
