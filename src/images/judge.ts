/** Whether a stage image is the one to run on. Pure: what the lock, the engine and the sources say comes in. */

import type { StageImageStatus } from '../model/stage-image.ts';
import { type EngineImage, imageLabels } from '../runtime/images.ts';
import type { StageImage } from '../runtime/runtime.ts';
import { type ImageName, imagesOnDemand } from '../stages/names.ts';
import { imageIdentity } from './identity.ts';
import type { LockedImage } from './lock.ts';

export interface Evidence {
  name: ImageName;
  /** The tag of today's sources, `ldf/<name>:<hash>`. */
  tag: string;
  /** The hash of today's sources. */
  sources: string;
  locked: LockedImage | undefined;
  /** The image with the locked id, if the engine has it. */
  byId: EngineImage | undefined;
  /** The image that bears the tag, if there is one. */
  byTag: EngineImage | undefined;
}

export type ImageVerdict =
  | { state: 'ok'; image: StageImage }
  | {
      state: 'missing' | 'mismatch' | 'stale' | 'unused';
      name: ImageName;
      problem: string;
      found: StageImage | undefined;
    };

const fix = 'Run `ldf images build`';

/** The verdict on one image, with the reason and the way out when it is not right. */
export function judge({ name, tag, sources, locked, byId, byTag }: Evidence): ImageVerdict {
  if (!locked && imagesOnDemand.includes(name))
    return {
      state: 'unused',
      name,
      problem: `No build has needed ${name} yet; the first that does builds it.`,
      found: undefined,
    };
  if (!locked)
    return { state: 'missing', name, problem: `This installation has no ${name} yet. ${fix}.`, found: undefined };
  const image = byId ?? byTag;
  if (!image) {
    const again =
      locked.origin === 'built' ? `${fix}.` : `It was ${locked.origin}: do that again, or run \`ldf images build\`.`;
    return { state: 'missing', name, problem: `Docker no longer has the locked ${name}. ${again}`, found: undefined };
  }
  const found = stageImage(name, image, locked);
  const wrong = (state: 'mismatch' | 'stale', problem: string): ImageVerdict => ({ state, name, problem, found });
  if (found.identity !== locked.identity)
    return wrong(
      'mismatch',
      `${name} has the identity ${found.identity}, and the lock says ${locked.identity}. ${fix}.`,
    );
  // Builds run by id and would run on the right image; but whoever put that name there expects otherwise, unless it is
  // another installation that has built the same sources.
  if (byTag && imageIdentity(byTag) !== locked.identity && !isOf(name, sources, byTag))
    return wrong('mismatch', `The name ${tag} was given to another image than the locked ${name}. ${fix}.`);
  if (locked.sources !== null && locked.sources !== sources) {
    const other = locked.origin === 'built' ? fix : `${fix}, or take the images of this version of LDF`;
    return wrong('stale', `${name} was made from other sources than this LDF has. ${other}.`);
  }
  return { state: 'ok', image: found };
}

/**
 * An image in the engine that needs no build to become the right one: the locked one whose name went elsewhere, or, where
 * the lock names none or one that is gone or stale, one that another installation built from the same sources.
 */
export function mayReuse(
  { name, sources, locked, byId, byTag }: Evidence,
  { state }: ImageVerdict,
): EngineImage | undefined {
  const image = state === 'mismatch' ? (byId && imageIdentity(byId) === locked?.identity ? byId : undefined) : byTag;
  return image && isOf(name, sources, image) ? image : undefined;
}

/** Whether an image says that it was built from these sources. */
function isOf(name: ImageName, sources: string, { labels }: EngineImage): boolean {
  return labels[imageLabels.image] === name && labels[imageLabels.sources] === sources;
}

export function stageImage(name: ImageName, image: EngineImage, locked: LockedImage): StageImage {
  return {
    name,
    id: image.id,
    identity: imageIdentity(image),
    sources: locked.sources,
    origin: locked.origin,
    sizeBytes: image.sizeBytes,
  };
}

/** As the API and the CLI show it. */
export function describeImage(verdict: ImageVerdict): StageImageStatus {
  const [name, image, problem] =
    verdict.state === 'ok' ? [verdict.image.name, verdict.image, null] : [verdict.name, verdict.found, verdict.problem];
  return {
    name,
    state: verdict.state,
    problem,
    id: image?.id ?? null,
    identity: image?.identity ?? null,
    origin: image?.origin ?? null,
    sizeBytes: image?.sizeBytes ?? null,
  };
}
