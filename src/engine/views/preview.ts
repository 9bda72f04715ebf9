/** What a build would do if it began now: which stages run and why, which do not have to, and how long each may take. */
import type { Definition } from '../../definition/definition.ts';
import type { StageEstimate } from '../../model/estimate.ts';
import type { PlanSummary } from '../../model/plan.ts';
import { resolveParams } from '../../plan/lock.ts';
import type { Plan, PlannedStage } from '../../plan/types.ts';
import type { Lock } from '../../stages/lock.ts';
import { stageNamed } from '../../stages/registry.ts';
import type { LayerRecord } from '../../store/layers.ts';
import { layerKeys } from '../core/attempt-names.ts';
import { planChecked } from '../core/check-plan.ts';
import {
  type Decision,
  decideLayer,
  decideLock,
  decideSources,
  type Undecided,
  unknownYet,
  withoutImages,
} from '../core/decision.ts';
import type { Engine, StageImages } from '../core/dependencies.ts';
import type { Estimates } from '../core/estimates.ts';
import { identities, imagesIfThere } from '../core/plan-build.ts';
import { forcedByBuild, reasonAlone, unansweredGroups, type Why, whyUnlikeBefore } from '../core/reasons.ts';
import { recordRequest } from '../core/recorded-request.ts';
import { describePlan, type Foreseen } from './describe.ts';

export interface PreviewOptions {
  boot: boolean;
  /** Only its kernel is to be made. */
  kernelOnly?: boolean | undefined;
  lock?: Lock | undefined;
  noCache?: boolean | undefined;
  /** Whose builds reasons are worked out against; without one, nothing was built before. */
  distributionId?: string | undefined;
}

/** @throws LdfError `definition.impossible` with every problem. */
export async function previewPlan(
  engine: Engine,
  estimates: Estimates,
  definition: Definition,
  options: PreviewOptions,
): Promise<PlanSummary> {
  const { boot, lock } = options;
  const [catalog, images] = await Promise.all([engine.catalog(), imagesIfThere(engine)]);
  const input = { definition, catalog, boot, lock, images: images && identities(images) };
  const { plan, unchecked } = await planChecked(engine, input, { kernelOnly: options.kernelOnly ?? false });
  const [layers, estimate] = await Promise.all([
    engine.store.findLayers(plan.stages.flatMap(({ key }) => (key ? keysOf(options, key) : []))),
    estimates.read(),
  ]);
  const context = {
    ...{ engine, plan, options, images, layers: new Map(layers.map((layer) => [layer.key, layer])) },
    unanswered: unansweredGroups(resolveParams(plan, lock, false)),
  };
  const foreseen = await Promise.all(
    plan.stages.map(async (stage) => ({
      ...(await foresee(context, stage)),
      ...estimate(stage.name, { name: definition.name, arch: definition.arch, workload: stage.workload }),
    })),
  );
  return describePlan(plan, foreseen, unchecked);
}

function keysOf({ distributionId }: PreviewOptions, key: string): string[] {
  return layerKeys({ id: '', verifies: null, distributionId: distributionId ?? null }, key);
}

interface ForecastContext {
  engine: Engine;
  plan: Plan;
  options: PreviewOptions;
  images: StageImages | undefined;
  layers: ReadonlyMap<string, LayerRecord>;
  /** What the lock does not answer, in words; '' when it answers everything. */
  unanswered: string;
}

type StageForecast = Omit<Foreseen, keyof StageEstimate>;

async function foresee(context: ForecastContext, stage: PlannedStage): Promise<StageForecast> {
  const decision = await decide(context, stage);
  if (decision.cached !== false) return { cached: decision.cached, reason: decision.reason };
  return { cached: false, reason: (await decision.why()).reason };
}

/** As the build will decide, by the database alone: a layer whose volume somebody removed is made again when it comes to it. */
async function decide(context: ForecastContext, stage: PlannedStage): Promise<Decision<unknown> | Undecided> {
  const { engine, plan, options, images, unanswered } = context;
  const { result } = stageNamed(stage.name);
  if (result === 'lock') return decideLock(options.lock, unanswered, plan.madeOtherwise);
  if (stage.params === null) return unknownYet;
  if (result === 'sources')
    return decideSources(await countMissing(context), plan.sources.length, options.noCache ?? false);
  if (options.noCache) return decideLayer(engine, undefined, async () => reasonAlone(forcedByBuild));
  if (!images?.[stage.image]) return withoutImages;
  const { key } = stage;
  // What is answered, and has no key all the same, reads what another image is to make.
  if (key === null) return unanswered === '' ? withoutImages : unknownYet;
  const layer = keysOf(options, key).flatMap((kept) => context.layers.get(kept) ?? [])[0];
  return decideLayer(engine, layer, () => whyMade(context, images, stage));
}

async function countMissing({ engine, plan }: ForecastContext): Promise<number> {
  const known = new Set((await engine.store.listSources()).map(({ sha256 }) => sha256));
  return plan.sources.filter(({ sha256 }) => !known.has(sha256)).length;
}

function whyMade({ engine, plan, options }: ForecastContext, images: StageImages, stage: PlannedStage): Promise<Why> {
  const inputs = stage.inputs.flatMap((name) => {
    const input = plan.stages.find((other) => other.name === name)?.key;
    return input ? [{ stage: name, key: input }] : [];
  });
  const now = recordRequest(stage, plan.definition.arch, images, inputs);
  return whyUnlikeBefore(engine.store, options.distributionId ?? null, stage, now);
}
