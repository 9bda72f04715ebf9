/**
 * The base under every stage image: a root (pulled, present or bootstrapped) and, on top, what stage-images/base adds.
 * No registry is asked for anything unless LDF_BASE_IMAGE names it.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LdfError } from '../errors.ts';
import {
  type EngineImage,
  type ImageEngine,
  imageLabels,
  type OnImageProgress,
  registryUnreachable,
} from '../runtime/images.ts';
import { baseSuite, bootstrap, bootstrapArguments } from './bootstrap.ts';
import { imageIdentity } from './identity.ts';
import { type LockedBase, RootOrigin } from './lock.ts';

export interface BaseWish {
  /** LDF_BASE_IMAGE: a reference for Docker to pull. */
  wanted: string | undefined;
  /** Hash of stage-images/base. */
  sources: string;
  /** What the installation's lock holds. */
  locked: LockedBase | null;
}

interface Root {
  /** The name to build on. */
  tag: string;
  origin: LockedBase['origin'];
  digest: string | null;
}

/** Labels that say where a base's root came from, so that another installation on this engine can take it as it is. */
const rootLabels = { origin: 'ldf.root.origin', digest: 'ldf.root.digest' } as const;

export class StageBase {
  readonly #engine: ImageEngine;
  readonly #directory: string;
  readonly #onProgress: OnImageProgress;

  /** `directory`: the folder with the sources of the images. */
  constructor(engine: ImageEngine, directory: string, onProgress: OnImageProgress) {
    this.#engine = engine;
    this.#directory = directory;
    this.#onProgress = onProgress;
  }

  /** The name and lock entry of a base that answers the wish; it is made when there is none. */
  async ensure(wish: BaseWish, signal?: AbortSignal): Promise<{ tag: string; locked: LockedBase }> {
    const wanted = wish.wanted ?? null;
    const tag = baseTag(wish);
    const present = await this.#engine.inspectImage(tag);
    if (present && wish.locked?.identity === imageIdentity(present)) return { tag, locked: wish.locked };
    const image = present ?? (await this.#build(tag, wish, signal));
    const { id, labels } = image;
    const origin = RootOrigin.parse(labels[rootLabels.origin]);
    const digest = labels[rootLabels.digest] || null;
    const builtAt = new Date().toISOString();
    return {
      tag,
      locked: { id, identity: imageIdentity(image), sources: wish.sources, wanted, origin, digest, builtAt },
    };
  }

  async #build(tag: string, wish: BaseWish, signal?: AbortSignal): Promise<EngineImage> {
    const root = await this.#root(wish, signal);
    const labels = {
      [imageLabels.image]: 'base',
      [imageLabels.sources]: wish.sources,
      [rootLabels.origin]: root.origin,
      [rootLabels.digest]: root.digest ?? '',
    };
    const build = { directory: join(this.#directory, 'base'), tag, labels, buildArgs: { ROOT: root.tag } };
    const id = await this.#engine.buildImage(build, (event) => this.#onProgress({ image: 'base', ...event }), signal);
    // A pulled or local root has a name of its own; a bootstrapped one is kept for the next time.
    if (root.origin !== 'bootstrapped') await this.#engine.removeImage(root.tag);
    const image = await this.#engine.inspectImage(id);
    if (!image) throw new LdfError('images.build-failed', `Docker lost ${tag} right after building it.`);
    this.#say('done', `base, ${root.origin}`);
    return image;
  }

  async #root({ wanted, locked }: BaseWish, signal?: AbortSignal): Promise<Root> {
    if (wanted === undefined) return await this.#bootstrapped(signal);
    // The tag may move on; this installation stays with what it got the first time.
    const reference = locked?.wanted === wanted && locked.digest !== null ? locked.digest : wanted;
    const local = await this.#engine.inspectImage(reference);
    const image = local ?? (await this.#pull(reference, signal));
    if (!image) return await this.#bootstrapped(signal);
    const tag = `ldf/base-root:${short(image.id)}`;
    await this.#engine.tagImage(image.id, tag);
    return { tag, origin: local ? 'local' : 'pulled', digest: image.digests[0] ?? null };
  }

  /** undefined when no registry answers; a registry that answers and has no such image is an error. */
  async #pull(reference: string, signal?: AbortSignal): Promise<EngineImage | undefined> {
    this.#say('step', `pulling ${reference}`);
    try {
      return await this.#engine.pullImage(reference, (line) => this.#say('log', line), signal);
    } catch (error) {
      if (!(error instanceof LdfError) || error.subcode !== registryUnreachable) throw error;
      this.#say('log', `${error.message} Making the base from Debian's packages instead.`);
      return undefined;
    }
  }

  async #bootstrapped(signal?: AbortSignal): Promise<Root> {
    const root: Root = {
      tag: `ldf/base-root:${short(bootstrapArguments.join(' '))}`,
      origin: 'bootstrapped',
      digest: null,
    };
    if (await this.#engine.inspectImage(root.tag)) return root;
    this.#say('step', `bootstrapping Debian ${baseSuite} from its packages`);
    const { rootfs, done } = bootstrap((line) => this.#say('log', line), signal);
    const [imported, ended] = await Promise.allSettled([this.#engine.importImage(rootfs, signal), done]);
    // An archive that breaks off may still become an image: only the end of mmdebstrap says whether it is whole.
    if (ended.status === 'rejected') {
      if (imported.status === 'fulfilled') await this.#engine.removeImage(imported.value);
      throw ended.reason;
    }
    if (imported.status === 'rejected') throw imported.reason;
    await this.#engine.tagImage(imported.value, root.tag);
    return root;
  }

  #say(kind: 'step' | 'log' | 'done', text: string): void {
    this.#onProgress({ image: 'base', kind, step: 0, steps: 0, text });
  }
}

/** The name of the base that answers a wish. */
export function baseTag({ wanted, sources }: Pick<BaseWish, 'wanted' | 'sources'>): string {
  return `ldf/base:${short(`${wanted ?? 'bootstrapped'} ${sources}`)}`;
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
