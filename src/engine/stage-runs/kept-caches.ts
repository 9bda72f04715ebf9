/**
 * What a stage keeps for the next run of it. A run writes into a volume of its own and only reads what was kept before, so
 * nobody changes what others begin with. What is kept belongs to the distribution, sources, architecture and stage image
 * that it came from: a definition decides what a compiler does, and may not do so in another distribution's kernel.
 */
import * as z from 'zod';
import { contentHash } from '../../plan/canonical.ts';
import type { Plan, PlannedStage } from '../../plan/types.ts';
import { keptMarker, Sha256, stagePaths } from '../../stages/contract.ts';
import { stageNamed } from '../../stages/registry.ts';
import type { CacheRecord } from '../../store/caches.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import { attemptNames, type CacheVolume, keepVolumes, ownerOf } from '../core/attempt-names.ts';
import type { BuildWork } from '../core/build-work.ts';
import { type Engine, type StageImages, stageImage } from '../core/dependencies.ts';
import { plannedStage } from '../core/plan-build.ts';
import type { StageTask } from './run-stage.ts';
import { surroundingsOf } from './surroundings.ts';

type Work = Pick<BuildWork, 'engine' | 'build' | 'images'>;
type Task = Pick<StageTask<unknown>, 'stage' | 'cacheKey'>;

/**
 * What the kept caches of a stage depend on, as sha256: the sources of the stage and of those it reads, by the lock and not
 * by what a container says of itself; the architecture; the stage image.
 */
export function cacheKeyOf(plan: Plan, { name, image, after }: PlannedStage, images: StageImages): string {
  const stages = [name, ...after].map((stage) => plannedStage(plan, stage));
  return contentHash({
    sources: [...new Set(stages.flatMap(sourcesOf))].sort(),
    arch: plan.definition.arch,
    image: stageImage(images, image).identity,
  });
}

const WithSources = z.looseObject({ sources: z.array(z.looseObject({ sha256: Sha256 })) });

function sourcesOf({ params }: PlannedStage): string[] {
  return WithSources.safeParse(params).data?.sources.map(({ sha256 }) => sha256) ?? [];
}

/** What a run of a stage begins with; it counts as used from now on. None for a build without caches or distribution. */
export async function earlierCaches({ engine, build }: Work, { stage, cacheKey }: Task): Promise<CacheVolume[]> {
  const { distributionId } = build;
  if (cacheKey === undefined || distributionId === null || surroundingsOf(build).withoutCaches) return [];
  const found: CacheVolume[] = [];
  for (const cache of stageNamed(stage.name).traits.caches) {
    const kept = await engine.store.useCache({ distributionId, cache, key: cacheKey });
    if (!kept) continue;
    if (await engine.runtime.volumeExists(kept.volume)) found.push({ cache, volume: kept.volume });
    else await engine.store.dropCache(kept.volume);
  }
  return found;
}

/**
 * Puts what an ended attempt has kept in the place of what was kept before. It does not throw: the result of the stage is
 * none the worse for it, and what stays behind is removed by the next start.
 */
export async function keepCaches(work: Work, { stage, cacheKey }: Task, run: StageRunRecord): Promise<void> {
  const { engine, build, images } = work;
  const { runtime, store, installation, config, logger } = engine;
  const { distributionId } = build;
  if (cacheKey === undefined || distributionId === null || surroundingsOf(build).withoutCaches) return;
  const owner = ownerOf(run);
  try {
    for (const { cache, volume } of keepVolumes(installation, owner)) {
      const marker = `${stagePaths.keep}/${cache}/${keptMarker}`;
      const complete = await runtime.readFile(attemptNames(installation, owner).container, marker, maxMarkerBytes);
      if (!complete) continue;
      const sizeBytes = await runtime.volumeBytes(volume, stageImage(images, stage.image).id);
      if (sizeBytes > config.cacheLimitBytes) {
        logger.info({ ...owner, cache, sizeBytes }, 'what a stage kept is larger than all caches may be together');
        continue;
      }
      const replaced = await store.putCache({ distributionId, cache, key: cacheKey, volume, sizeBytes });
      if (replaced !== undefined) logger.debug({ ...owner, cache, replaced }, 'what a stage kept was replaced');
    }
  } catch (error) {
    logger.warn({ err: error, ...owner }, 'what a stage kept could not be put aside for the next run');
  }
}

/** A marker's content says nothing. */
const maxMarkerBytes = 1024;

/** Keeps all caches together within their limit. */
export class CacheBounds {
  readonly #engine: Engine;
  /** Volumes that no row names, with the machine's uptime when that was seen first. */
  readonly #unrecorded = new Map<string, number>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Removes the caches of distributions that are gone, then the least recently used beyond the limit, and volumes that were
   * replaced a while ago.
   */
  async cleanUp(): Promise<void> {
    const { store, config } = this.#engine;
    // The newest first: those that stay.
    const caches = (await store.listCaches()).reverse();
    const isThere = new Map<string, boolean>();
    let totalBytes = 0;
    for (const cache of caches) {
      const { distributionId, sizeBytes } = cache;
      const known = isThere.get(distributionId) ?? (await store.getDistribution(distributionId)) !== undefined;
      isThere.set(distributionId, known);
      if (known && totalBytes + sizeBytes <= config.cacheLimitBytes) totalBytes += sizeBytes;
      else await removeCache(this.#engine, cache);
    }
    await this.#removeReplaced();
  }

  /** A run looks its cache up a moment before its container holds it, so a volume stays for a while that nobody names. */
  async #removeReplaced(): Promise<void> {
    const { store, runtime, clock, config, logger } = this.#engine;
    const volumes = (await runtime.ownedVolumes()).flatMap(({ name, role, owner }) =>
      role === 'cache' && owner ? { name, owner } : [],
    );
    const recorded = new Set((await store.listCaches()).map(({ volume }) => volume));
    const runs = await store.listStageRuns([...new Set(volumes.map(({ owner }) => owner.build))]);
    const nowMs = clock.uptimeMs();
    for (const { name, owner } of volumes) {
      const run = runs.find(
        ({ buildId, stage, attempt }) => buildId === owner.build && stage === owner.stage && attempt === owner.attempt,
      );
      if (recorded.has(name) || run?.state === 'running') {
        this.#unrecorded.delete(name);
        continue;
      }
      const sinceMs = this.#unrecorded.get(name) ?? nowMs;
      this.#unrecorded.set(name, sinceMs);
      if (nowMs - sinceMs < config.gcSpareMs) continue;
      try {
        await runtime.removeVolume(name);
        this.#unrecorded.delete(name);
      } catch (error) {
        logger.info({ err: error, volume: name }, 'a replaced cache is still in use; it is removed later');
      }
    }
  }
}

/** Removes what was kept, unless it was used since it was listed. false when it was. */
export async function removeCache(
  { store, runtime, logger }: Engine,
  { volume, lastUsedAt }: Pick<CacheRecord, 'volume' | 'lastUsedAt'>,
): Promise<boolean> {
  if (!(await store.dropCache(volume, lastUsedAt))) return false;
  try {
    await runtime.removeVolume(volume);
  } catch (error) {
    logger.info({ err: error, volume }, 'a cache is still in use; it is removed later');
  }
  return true;
}
