/** A stage whose result is a layer, of which images and documents become the artifacts of the build. */
import type { Plan, PlannedStage } from '../../plan/types.ts';
import { ArtifactsResult } from '../../stages/results.ts';
import type { BuildWork } from '../build-work.ts';
import { publishFiles } from '../publish.ts';
import type { StageTask } from '../run-stage.ts';
import { type FoundLayer, layerTask } from './layer.ts';

export function artifactsTask(
  work: BuildWork,
  plan: Plan,
  stage: PlannedStage,
  inputs: readonly FoundLayer[],
): StageTask<FoundLayer> {
  return {
    ...layerTask(work, plan, stage, inputs),
    publish: (made) => publishFiles(work, stage, made, ArtifactsResult.parse(made.result.data).artifacts),
  };
}
