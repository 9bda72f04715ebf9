/** What is done with the result of a stage that a plan has: one strategy for each kind of result. */
import type { Plan, PlannedStage } from '../../plan/types.ts';
import { stageNamed } from '../../stages/registry.ts';
import type { ResultKind } from '../../stages/stage.ts';
import type { BuildWork } from '../core/build-work.ts';
import type { StageTask } from '../stage-runs/run-stage.ts';
import { artifactsTask } from './artifacts.ts';
import { type FoundLayer, layerTask } from './layer.ts';
import { sourcesTask } from './sources.ts';
import { verdictsTask } from './verdicts.ts';

/** Makes the task of a stage out of the layers it reads. What gives the lock comes before there is a plan: see lock.ts. */
type Strategy = (
  work: BuildWork,
  plan: Plan,
  stage: PlannedStage,
  inputs: readonly FoundLayer[],
) => StageTask<FoundLayer | null>;

const strategies: Readonly<Record<Exclude<ResultKind, 'lock'>, Strategy>> = {
  sources: sourcesTask,
  layer: layerTask,
  artifacts: artifactsTask,
  verdicts: verdictsTask,
};

/** @throws Error for a stage whose result is the lock */
export const stageTask: Strategy = (work, plan, stage, inputs) => {
  const { result } = stageNamed(stage.name);
  if (result === 'lock') throw new Error(`stage ${stage.name} gives the lock, which the plan is made with`);
  return strategies[result](work, plan, stage, inputs);
};
