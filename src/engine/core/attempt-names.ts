/** Names of what an attempt owns on the container engine: made from what it is, so that every call can be repeated. */
import type { Owner } from '../../runtime/runtime.ts';
import { findStage } from '../../stages/registry.ts';
import type { BuildRecord } from '../../store/builds.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';

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

type Builder = Pick<BuildRecord, 'id' | 'verifies' | 'distributionId'>;

/** Under which key a layer is kept: a verification's are its own, found by nobody else, and go at its end. */
export function layerKey({ id, verifies }: Pick<BuildRecord, 'id' | 'verifies'>, key: string): string {
  return verifies === null ? key : ownLayerKey(id, key);
}

/**
 * The keys under which a build finds the layer of a content key, the first one that is there. What was made from nothing is
 * for everybody, as its key says all that it was made of. What was made with a distribution's kept caches is for that
 * distribution alone: a build that puts something wrong there must not reach others.
 */
export function layerKeys(build: Builder, key: string): string[] {
  const { verifies, distributionId } = build;
  if (verifies !== null || distributionId === null) return [layerKey(build, key)];
  return [key, distributionLayerKey(distributionId, key)];
}

export const distributionLayerKey = (distributionId: string, key: string) => `${distributionId}/${key}`;

/** The distribution that alone may use a layer; undefined of a layer for all, and of a verification's own. */
export function distributionOfLayer(key: string): string | undefined {
  return key.includes('/') ? key.split('/')[0] : undefined;
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

/** Where an attempt leaves what is to speed up the next one: its own, empty at its start. */
export function keepVolumes(installation: string, owner: Owner): CacheVolume[] {
  const { volume } = attemptNames(installation, owner);
  const caches = findStage(owner.stage)?.traits.caches ?? [];
  return caches.map((cache) => ({ cache, volume: `${volume}-keep-${cache}` }));
}

/** As the container engine knows an attempt. */
export function ownerOf({ buildId, stage, attempt }: StageRunRecord): Owner {
  return { build: buildId, stage, attempt };
}
