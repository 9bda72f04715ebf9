/** What a build would do if it began now: which stages run and why, which do not have to, and how long each may take. */
import type { Definition } from '../definition/definition.ts';
import { resolveParams } from '../plan/lock.ts';
import type { Plan, PlannedStage } from '../plan/types.ts';
import type { PlanShape } from '../shapes/shapes.ts';
import type { Lock } from '../stages/lock.ts';
import { stageTraits } from '../stages/names.ts';
import type { LayerRecord } from '../store/store.ts';
import { buildOfVolume, layerKeys } from './attempt-names.ts';
import type { Engine, StageImages } from './dependencies.ts';
import { describePlan, type Foreseen } from './describe.ts';
import type { Estimates } from './estimates.ts';
import { identities, imagesIfThere } from './plan-build.ts';
import { unansweredGroups, whyUnlikeBefore } from './reasons.ts';
import { recordRequest } from './recorded-request.ts';

export interface PreviewOptions {
  boot: boolean;
  lock?: Lock | undefined;
  noCache?: boolean | undefined;
  /** Whose builds reasons are worked out against; without one, nothing was built before. */
  distributionId?: string | undefined;
}

/** @throws LdfError `definition.impossible` with every fault. */
export async function previewPlan(
  engine: Engine,
  estimates: Estimates,
  definition: Definition,
  options: PreviewOptions,
): Promise<PlanShape> {
  const { boot, lock } = options;
  const [catalog, images] = await Promise.all([engine.catalog(), imagesIfThere(engine)]);
  const plan = await engine.planner.plan({
    ...{ definition, catalog, boot, lock },
    images: images && identities(images),
  });
  const [layers, estimate] = await Promise.all([
    engine.store.findLayers(plan.stages.flatMap(({ key }) => (key ? keysOf(options, key) : []))),
    estimates.read(),
  ]);
  const look = { engine, plan, options, images, layers: new Map(layers.map((layer) => [layer.key, layer])) };
  const foreseen = await Promise.all(
    plan.stages.map(async (stage) => ({
      ...(await foresee(look, stage)),
      estimateSeconds: estimate(stage.name, definition),
    })),
  );
  return describePlan(plan, foreseen);
}

function keysOf({ distributionId }: PreviewOptions, key: string): string[] {
  return layerKeys({ id: '', verifies: null, distributionId: distributionId ?? null }, key);
}

interface Look {
  engine: Engine;
  plan: Plan;
  options: PreviewOptions;
  images: StageImages | undefined;
  layers: ReadonlyMap<string, LayerRecord>;
}

type Told = Omit<Foreseen, 'estimateSeconds'>;

async function foresee(look: Look, stage: PlannedStage): Promise<Told> {
  const missing = unansweredGroups(resolveParams(look.plan, look.options.lock, false));
  if (stage.name === 'resolve')
    return missing === ''
      ? { cached: true, reason: 'the lock answers the definition' }
      : { cached: false, reason: `the lock does not answer ${missing}` };
  if (stage.params === null) return { cached: null, reason: `known when ${missing} have been resolved` };
  if (look.options.noCache) return { cached: false, reason: 'forced: the build uses no cache' };
  if (stage.name === 'download') return foreseeDownload(look);
  if (!look.images) return { cached: null, reason: 'the stage images are not there yet' };
  if (stage.key === null) return { cached: null, reason: `known when ${missing} have been resolved` };
  return foreseeLayer(look, look.images, stage, stage.key);
}

async function foreseeDownload({ engine, plan }: Look): Promise<Told> {
  const known = new Set((await engine.store.listSources()).map(({ sha256 }) => sha256));
  const { length } = plan.sources.filter(({ sha256 }) => !known.has(sha256));
  return length === 0
    ? { cached: true, reason: 'every source is in the store' }
    : { cached: false, reason: `${length} of ${plan.sources.length} sources are not in the store` };
}

/** By the database alone: a layer whose volume somebody removed is made again when the build comes to it. */
async function foreseeLayer(
  { engine, plan, options, layers }: Look,
  images: StageImages,
  stage: PlannedStage,
  key: string,
): Promise<Told> {
  const layer = keysOf(options, key).flatMap((kept) => layers.get(kept) ?? [])[0];
  if (layer)
    return { cached: true, reason: `unchanged since build ${buildOfVolume(engine.installation, layer.volume)}` };
  const inputs = stageTraits[stage.name].inputs.flatMap((name) => {
    const input = plan.stages.find((other) => other.name === name)?.key;
    return input ? [{ stage: name, key: input }] : [];
  });
  const now = recordRequest(stage, plan.definition.arch, images, inputs);
  const { reason } = await whyUnlikeBefore(engine.store, options.distributionId ?? null, stage.name, now);
  return { cached: false, reason };
}
