/** Names of what an attempt owns on the container engine: made from what it is, so that every call can be repeated. */
import type { Owner } from '../runtime/runtime.ts';
import { stageNames, stageTraits } from '../stages/names.ts';
import type { BuildRecord, StageRunRecord } from '../store/store.ts';

export interface AttemptNames {
  container: string;
  /** The output: a layer once its row is written. */
  volume: string;
  workVolume: string;
}

export function attemptNames(installation: string, { build, stage, attempt }: Owner): AttemptNames {
  const name = `ldf-${installation}-${build}-${stage}-${attempt}`;
  return { container: name, volume: name, workVolume: `${name}-work` };
}

const outsidePrefix = 'outside-';

/** What stands in a build's place for a run outside any: it has no row, but a lease for as long as its process lives. */
export const outsideBuild = (id: string) => `${outsidePrefix}${id}`;
export const isOutside = (build: string) => build.startsWith(outsidePrefix);

/** Under which key a layer is kept: a verification's are its own, found by nobody else, and go at its end. */
export function layerKey({ id, verifies }: Pick<BuildRecord, 'id' | 'verifies'>, key: string): string {
  return verifies === null ? key : ownLayerKey(id, key);
}

export const ownLayerKey = (verification: string, key: string) => `${verification}:${key}`;

/** The verification whose own a layer is; undefined of a layer for all. */
export function verificationOfLayer(key: string): string | undefined {
  return key.includes(':') ? key.split(':')[0] : undefined;
}

/** The build whose attempt a layer's volume came from. */
export function buildOfVolume(installation: string, volume: string): string | undefined {
  const prefix = `ldf-${installation}-`;
  return volume.startsWith(prefix) ? volume.slice(prefix.length).split('-')[0] : undefined;
}

export const sourcesVolume = (installation: string) => `ldf-${installation}-sources`;

export interface CacheVolume {
  cache: string;
  volume: string;
}

/** The caches of a stage, which all builds share. */
export function sharedCaches(installation: string, { stage }: Pick<Owner, 'stage'>): CacheVolume[] {
  return stageTraits[stage].caches.map((cache) => ({ cache, volume: `ldf-${installation}-cache-${cache}` }));
}

/** The volumes of all caches that builds share, each once. */
export function allSharedCaches(installation: string): ReadonlySet<string> {
  return new Set(stageNames.flatMap((stage) => sharedCaches(installation, { stage }).map(({ volume }) => volume)));
}

/** Caches of one attempt, for a build that uses none: empty at its start, and removed with it. */
export function ownCaches(installation: string, owner: Owner): CacheVolume[] {
  const { volume } = attemptNames(installation, owner);
  return stageTraits[owner.stage].caches.map((cache) => ({ cache, volume: `${volume}-cache-${cache}` }));
}

/** As the container engine knows an attempt. */
export function ownerOf({ buildId, stage, attempt }: StageRunRecord): Owner {
  return { build: buildId, stage, attempt };
}
