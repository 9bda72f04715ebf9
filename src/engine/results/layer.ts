/** Stages whose result is a layer: an immutable volume that is found again by its content key. */
import type { Plan, PlannedStage } from '../../plan/types.ts';
import type { StageOutput } from '../../stages/contract.ts';
import type { LayerRecord } from '../../store/layers.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import {
  attemptNames,
  buildOfVolume,
  distributionLayerKey,
  distributionOfLayer,
  layerKey,
  layerKeys,
  ownerOf,
} from '../core/attempt-names.ts';
import type { BuildWork } from '../core/build-work.ts';
import { decideLayer } from '../core/decision.ts';
import type { Engine } from '../core/dependencies.ts';
import { reasonAlone, type Why, whyLayerIsMade } from '../core/reasons.ts';
import { recordRequest } from '../core/recorded-request.ts';
import { cacheKeyOf } from '../stage-runs/kept-caches.ts';
import type { StageTask } from '../stage-runs/run-stage.ts';
import { type GoodResult, totalBytes } from '../stage-runs/stage-result.ts';

/** A layer as a build has it: `key` is its content key, whatever it is kept under. */
export interface FoundLayer extends LayerRecord {
  /** Made with what the distribution's builds had kept, or of such a layer: for this distribution alone. */
  ownOnly: boolean;
  /** The key of its row. */
  keptUnder: string;
}

/** Makes the task of a stage that leaves a layer, out of the layers it reads. */
export type LayerStrategy = (
  work: BuildWork,
  plan: Plan,
  stage: PlannedStage,
  inputs: readonly FoundLayer[],
) => StageTask<FoundLayer>;

/** @throws Error for a stage without a key. */
export const layerTask: LayerStrategy = (work, plan, stage, inputs) => {
  const { engine, build, images } = work;
  const recorded = recordRequest(stage, build.arch, images, inputs);
  const { key } = recorded.request;
  if (key === null) throw new Error(`stage ${stage.name} has no key`);
  const decide = async (isForced: boolean, why: () => Promise<Why>) => {
    const layer = isForced ? undefined : await findLayer(engine, layerKeys(build, key));
    return decideLayer(engine, layer && found(layer, key), why);
  };
  return {
    stage,
    recorded,
    cacheKey: cacheKeyOf(plan, stage, images),
    layers: Object.fromEntries(inputs.map((layer) => [layer.stage, layer.volume])),
    find: () => decide(false, async () => reasonAlone('its layer is gone')),
    decide: (run) => decide(build.noCache || run.forced, () => whyLayerIsMade(work, run, stage, recorded)),
    commit: (run, result) => {
      if (build.verifies !== null) return commitOwnLayer(work, run, key, result);
      const ownOnly = run.warm || inputs.some((input) => input.ownOnly);
      return commitLayer(work, run, key, ownOnly, result);
    },
  };
};

/** The first of some layers whose volume is still there; a row without its volume is removed. */
export async function findLayer(
  { store, runtime }: Pick<Engine, 'store' | 'runtime'>,
  keys: readonly string[],
): Promise<LayerRecord | undefined> {
  for (const key of keys) {
    // Used before it is looked at: garbage collection leaves it alone from now on.
    const layer = await store.useLayer(key);
    if (layer && (await runtime.volumeExists(layer.volume))) return layer;
    if (layer) await store.removeLayer(key);
  }
  return undefined;
}

function found(layer: LayerRecord, key: string): FoundLayer {
  return { ...layer, key, ownOnly: distributionOfLayer(layer.key) !== undefined, keptUnder: layer.key };
}

/**
 * Makes an attempt's volume the layer of its key. A layer that is there already stays what it is: when a forced run made
 * the same bytes, the layer takes over the fresh volume (which fixes one whose files were damaged); when it made other
 * bytes, the layer stays, the stages after it continue with the layer, and the difference is told.
 */
async function commitLayer(
  { engine, build }: BuildWork,
  run: StageRunRecord,
  content: string,
  ownOnly: boolean,
  result: GoodResult,
): Promise<{ outcome: FoundLayer; remark?: string }> {
  const { store, logger } = engine;
  // A build begins with kept caches only while it has a distribution.
  if (ownOnly && build.distributionId === null) throw new Error(`build ${build.id} has no distribution to keep for`);
  const key = ownOnly && build.distributionId ? distributionLayerKey(build.distributionId, content) : content;
  const { volume } = attemptNames(engine.installation, ownerOf(run));
  const sizeBytes = totalBytes(result);
  await store.addLayer({ key, stage: run.stage, volume, result, sizeBytes });
  const layer = await store.getLayer(key);
  if (!layer) throw new Error(`layer ${key} vanished while it was written`);
  const outcome = found(layer, content);
  if (layer.volume === volume) return { outcome };

  const different = differentOutputs(layer.result.outputs, result.outputs);
  if (different.length > 0) {
    logger.warn({ key, stage: run.stage, build: run.buildId, different }, 'a stage is not reproducible');
    const since = buildOfVolume(engine.installation, layer.volume);
    return {
      outcome,
      remark: `not the same as in build ${since}, whose layer is kept: ${different.join(', ')}`,
    };
  }
  if (!(await store.replaceLayer(key, { from: layer.volume, to: volume }))) return { outcome };
  await removeReplaced(engine, run, layer.volume);
  return { outcome: { ...outcome, volume }, remark: 'the same bytes as before' };
}

/** Builds that run already may have found the layer in its old volume and come to mount it: then a later start removes it. */
async function removeReplaced({ store, runtime, logger }: Engine, run: StageRunRecord, volume: string): Promise<void> {
  try {
    const others = (await store.openBuilds()).filter(({ id, state }) => state === 'running' && id !== run.buildId);
    if (others.length === 0) await runtime.removeVolume(volume);
    else logger.info({ volume }, 'a replaced volume may still be wanted; a later start removes it');
  } catch (error) {
    logger.info({ err: error, volume }, 'a replaced volume is still in use; a later start removes it');
  }
}

/** Keeps what a verification made for the stages after it and for the comparison at its end. */
async function commitOwnLayer({ engine, build }: BuildWork, run: StageRunRecord, key: string, result: GoodResult) {
  const { store, installation } = engine;
  const { volume } = attemptNames(installation, ownerOf(run));
  const sizeBytes = totalBytes(result);
  await store.addLayer({ key: layerKey(build, key), stage: run.stage, volume, result, sizeBytes });
  const own = await store.getLayer(layerKey(build, key));
  if (!own) throw new Error(`the layer ${layerKey(build, key)} vanished while it was written`);
  const outcome = found(own, key);
  const subject = build.verifies === null ? undefined : await store.getBuild(build.verifies);
  const [layer] = await store.findLayers(subject ? layerKeys(subject, key) : [key]);
  if (!layer) return { outcome };
  const different = differentOutputs(layer.result.outputs, own.result.outputs);
  const since = buildOfVolume(installation, layer.volume);
  const remark =
    different.length === 0 ? 'the same bytes' : `not the same as in build ${since}: ${different.join(', ')}`;
  return { outcome, remark };
}

/** Paths that one side lacks or that have another content. */
export function differentOutputs(before: readonly StageOutput[], now: readonly StageOutput[]): string[] {
  const hashes = new Map(before.map(({ path, sha256 }) => [path, sha256]));
  const paths = new Set([...before, ...now].map(({ path }) => path));
  const same = new Set(now.filter(({ path, sha256 }) => hashes.get(path) === sha256).map(({ path }) => path));
  return [...paths].filter((path) => !same.has(path)).sort();
}
