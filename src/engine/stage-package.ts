/** The stage `package`: a layer whose images and documents become the artifacts of the build. */
import { stageData } from '../stages/stages.ts';
import type { LayerRecord } from '../store/store.ts';
import type { BuildWork } from './build-work.ts';
import { publishFiles } from './publish.ts';
import type { StageTask } from './run-stage.ts';

export function packageTask(work: BuildWork, layer: StageTask<LayerRecord>): StageTask<LayerRecord> {
  return { ...layer, publish: (made) => publishFiles(work, made, stageData.package.parse(made.result.data).artifacts) };
}
