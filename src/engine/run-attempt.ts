/** One attempt in its container: made or found again, watched to its end, its result read, its leftovers removed. */
import type { LdfError } from '../errors.ts';
import type { LogLine, LogPosition, Owner } from '../runtime/runtime.ts';
import type { RequestEnvelope } from '../stages/contract.ts';
import { type StageName, stageTraits } from '../stages/names.ts';
import { attemptNames } from './attempt-names.ts';
import { containerSpec, ensureVolumes } from './container-spec.ts';
import type { Engine, StageImages } from './dependencies.ts';
import { watchDisk } from './gc/watch-disk.ts';
import { checkOutputSize, type GoodResult, readResult } from './stage-result.ts';
import { supervise } from './supervise.ts';

/** How an attempt is watched. */
export interface Watch {
  /** The machine's uptime that the time limit counts from. */
  startedUptimeMs: number;
  /** What was read of its log before. */
  position: LogPosition | undefined;
  logBytes: number;
  onLines(lines: readonly LogLine[]): Promise<void>;
  /** Ends the container. */
  stop: AbortSignal;
  /** Ends the watching alone. */
  letGo: AbortSignal;
}

/** Makes the volumes and the container, and starts it. May be repeated after a crash. */
export async function startAttempt(
  engine: Engine,
  owner: Owner,
  request: RequestEnvelope,
  images: StageImages,
  layers: Readonly<Partial<Record<StageName, string>>>,
): Promise<void> {
  const { runtime, installation, config } = engine;
  await ensureVolumes(runtime, installation, owner);
  const image = images[stageTraits[owner.stage].image].id;
  const limits = config.limits[owner.stage];
  await runtime.start(containerSpec({ installation, owner, request, image, layers, limits }));
}

/** Watches a started attempt to its end. @throws what `supervise`, `readResult` and `checkOutputSize` throw. */
export async function watchAttempt(engine: Engine, owner: Owner, watch: Watch): Promise<GoodResult> {
  const { runtime, clock, config } = engine;
  const { container } = attemptNames(engine.installation, owner);
  const { stage } = owner;
  const { graceMs, resultBytes } = config;
  const limits = config.limits[stage];
  const guard = (end: (cause: LdfError) => void) => watchDisk(engine, stage, end);
  const exited = await supervise(runtime, clock, { container, stage, limits, graceMs, guard, ...watch });
  const result = await readResult(runtime, container, stage, exited, resultBytes);
  checkOutputSize(stage, result, limits.outputBytes);
  return result;
}

/**
 * Removes what an attempt leaves: its container, its work volume, and its output unless that became the layer of `key`.
 * It does not throw: what stays behind is recorded, and removed at the next start.
 */
export async function clearAttempt(engine: Engine, owner: Owner, key: string | null): Promise<void> {
  const { runtime, store, logger } = engine;
  const { container, volume, workVolume } = attemptNames(engine.installation, owner);
  try {
    await runtime.remove(container);
    await runtime.removeVolume(workVolume);
    const layer = key === null ? undefined : await store.getLayer(key);
    if (layer?.volume !== volume) await runtime.removeVolume(volume);
  } catch (error) {
    logger.warn({ err: error, ...owner }, 'an attempt could not be cleared away; the next start will do it');
  }
}
