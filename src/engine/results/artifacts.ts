/** A stage whose result is a layer, of which images and documents become the artifacts of the build. */
import { ArtifactsResult } from '../../stages/results.ts';
import { type LayerStrategy, layerTask } from './layer.ts';
import { publishFiles } from './publish.ts';

export const artifactsTask: LayerStrategy = (work, plan, stage, inputs) => ({
  ...layerTask(work, plan, stage, inputs),
  publish: (made) => publishFiles(work, stage, made, ArtifactsResult.parse(made.result.data).artifacts),
});
