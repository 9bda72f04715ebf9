/** Names of what an attempt owns on the container engine: made from what it is, so that every call can be repeated. */
import type { Owner } from '../runtime/runtime.ts';
import type { StageRunRecord } from '../store/store.ts';

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

/** The build whose attempt a layer's volume came from. */
export function buildOfVolume(installation: string, volume: string): string | undefined {
  const prefix = `ldf-${installation}-`;
  return volume.startsWith(prefix) ? volume.slice(prefix.length).split('-')[0] : undefined;
}

export const sourcesVolume = (installation: string) => `ldf-${installation}-sources`;
export const cacheVolume = (installation: string, cache: string) => `ldf-${installation}-cache-${cache}`;

/** As the container engine knows an attempt. */
export function ownerOf({ buildId, stage, attempt }: StageRunRecord): Owner {
  return { build: buildId, stage, attempt };
}
