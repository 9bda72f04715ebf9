/** The stage `package`: a layer whose images and documents become the artifacts of the build. */
import { stageContracts } from '../stages/contracts.ts';
import type { BuildWork } from './build-work.ts';
import { publishFiles } from './publish.ts';
import type { StageTask } from './run-stage.ts';
import type { FoundLayer } from './stage-layer.ts';

export function packageTask(work: BuildWork, layer: StageTask<FoundLayer>): StageTask<FoundLayer> {
  return {
    ...layer,
    publish: (made) => publishFiles(work, made, stageContracts.package.data.parse(made.result.data).artifacts),
  };
}
