/** One attempt in its container: made or found again, watched to its end, its result read, its leftovers removed. */
import type * as z from 'zod';
import type { LdfError } from '../../errors.ts';
import type { PlannedStage } from '../../plan/types.ts';
import type { LogLine, LogPosition, Owner, StageImage } from '../../runtime/runtime.ts';
import type { QueryEnvelope, RequestEnvelope } from '../../stages/contract.ts';
import type { StageName } from '../../stages/names.ts';
import { stageNamed } from '../../stages/registry.ts';
import { leavesLayer } from '../../stages/stage.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import { attemptNames, type CacheVolume, keepVolumes, layerKeys, ownerOf } from '../core/attempt-names.ts';
import type { BuildWork } from '../core/build-work.ts';
import { limitsOf } from '../core/config.ts';
import { type Engine, stageImage } from '../core/dependencies.ts';
import { privateKeyFor } from '../core/key-sets.ts';
import { containerSpec, ensureVolumes } from './container-spec.ts';
import { checkOutputSize, type GoodResult, readResult } from './stage-result.ts';
import { supervise } from './supervise.ts';
import { cpusIn, type Surroundings, surroundingsOf } from './surroundings.ts';
import { watchDisk } from './watch-disk.ts';

/** How an attempt is watched. */
export interface Watch {
  /** The machine's uptime that the time limit counts from. */
  startedUptimeMs: number;
  /** What was read of its log before. */
  position: LogPosition | undefined;
  logBytes: number;
  onLines(lines: readonly LogLine[]): Promise<void>;
  /** How many times the usual time it may take. */
  timeFactor?: number;
  /** The image that it runs in; it also measures what was put out. */
  image: StageImage;
  /** Ends the container. */
  stop: AbortSignal;
  /** Ends the watching alone. */
  leaseLost: AbortSignal;
  /** What its result's data has to be, when it is not the stage's own. */
  dataSchema?: z.ZodType;
}

/** What an attempt is started with. */
export interface Start {
  request: RequestEnvelope | QueryEnvelope;
  image: StageImage;
  /** Volumes of the layers that the stage reads. */
  layers: Readonly<Record<StageName, string>>;
  /** What earlier runs kept. */
  caches?: readonly CacheVolume[];
  surroundings: Surroundings;
  /** How many times the usual time it may take. */
  timeFactor?: number;
}

/** Makes the volumes and the container, and starts it. May be repeated after a crash. */
export async function startAttempt(engine: Engine, owner: Owner, start: Start): Promise<void> {
  const { runtime, installation, config } = engine;
  const { request, layers, caches = [], surroundings } = start;
  await ensureVolumes(runtime, { installation, owner });
  const image = start.image.id;
  const configured = limitsOf(config, owner.stage, start.timeFactor);
  const limits = { ...configured, cpus: await cpusIn(surroundings, configured.cpus, runtime) };
  const stdin = await privateKeyFor(engine, request);
  await runtime.start(
    containerSpec({
      ...{ installation, owner, request, image, layers, stdin, caches, limits, surroundings },
      network: config.network,
    }),
  );
}

/** Watches a started attempt to its end. @throws what `supervise`, `readResult` and `checkOutputSize` throw. */
export async function watchAttempt(engine: Engine, owner: Owner, watch: Watch): Promise<GoodResult> {
  const { runtime, clock, config } = engine;
  const { container } = attemptNames(engine.installation, owner);
  const { stage } = owner;
  const { graceMs, resultBytes } = config;
  const limits = limitsOf(config, stage, watch.timeFactor);
  const guard = (end: (cause: LdfError) => void) => watchDisk(engine, stage, end);
  const exited = await supervise(runtime, clock, { container, stage, limits, graceMs, guard, ...watch });
  const result = await readResult(runtime, container, stage, exited, resultBytes, watch.dataSchema);
  await checkOutputSize(stage, result, limits.outputBytes, () => measureOutput(engine, owner, watch.image));
  return result;
}

/** What an attempt's output takes on disk. Only a stage that makes a layer has any that is kept. */
async function measureOutput({ runtime, installation }: Engine, owner: Owner, image: StageImage): Promise<number> {
  if (!leavesLayer(stageNamed(owner.stage))) return 0;
  return runtime.volumeBytes(attemptNames(installation, owner).volume, image.id);
}

/**
 * Removes what an attempt leaves: its container, its work volume, what it kept unless that was put among the caches, and its
 * output unless that became the layer that is kept under one of `layers`; see layerKeys.
 * It does not throw: what stays behind is recorded, and removed at the next start.
 */
export async function clearAttempt(engine: Engine, owner: Owner, layers: readonly string[] = []): Promise<void> {
  const { runtime, store, logger } = engine;
  const { container, volume, workVolume } = attemptNames(engine.installation, owner);
  try {
    await runtime.remove(container);
    await runtime.removeVolume(workVolume);
    const keeps = keepVolumes(engine.installation, owner);
    const caches = new Set(keeps.length > 0 ? (await store.listCaches()).map((cache) => cache.volume) : []);
    for (const keep of keeps) if (!caches.has(keep.volume)) await runtime.removeVolume(keep.volume);
    const kept = await store.findLayers(layers);
    if (!kept.some((layer) => layer.volume === volume)) await runtime.removeVolume(volume);
  } catch (error) {
    logger.warn({ err: error, ...owner }, 'an attempt could not be cleared away; the next start will do it');
  }
}

type Builder = Pick<BuildWork, 'engine' | 'build'>;

/** Starts an attempt of a build in the surroundings that the build has. */
export async function startRun(
  { engine, build, images }: Builder & Pick<BuildWork, 'images'>,
  stage: Pick<PlannedStage, 'image'>,
  run: StageRunRecord,
  request: RequestEnvelope,
  { layers, caches }: Pick<Start, 'layers' | 'caches'>,
): Promise<void> {
  const surroundings = surroundingsOf(build);
  const image = stageImage(images, stage.image);
  const { timeFactor } = build;
  const options = { request, image, layers, ...(caches ? { caches } : {}), surroundings, timeFactor };
  await startAttempt(engine, ownerOf(run), options);
}

/** Removes what an attempt of a build leaves, its layer excepted. It does not throw, either. */
export async function clearRun({ engine, build }: Builder, run: StageRunRecord): Promise<void> {
  await clearAttempt(engine, ownerOf(run), run.key === null ? [] : layerKeys(build, run.key));
}
