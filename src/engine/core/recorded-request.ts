/** What is recorded of a stage run: its request and whatever else its key is made of, so that a later run can be compared. */
import * as z from 'zod';
import type { Architecture } from '../../definition/definition.ts';
import { stageRequest } from '../../plan/request.ts';
import type { PlannedStage } from '../../plan/types.ts';
import { ProgramName, RequestEnvelope, Sha256 } from '../../stages/contract.ts';
import type { LayerRecord } from '../../store/layers.ts';
import { type StageImages, stageImage } from './dependencies.ts';

export const RecordedRequest = z.strictObject({
  request: RequestEnvelope,
  /** Identity of the stage image. */
  image: z.string(),
  /** Keys of the layers that the stage read. */
  inputs: z.record(ProgramName, Sha256),
});
export type RecordedRequest = z.infer<typeof RecordedRequest>;

/** @throws Error while the stage's parameters are not known. */
export function recordRequest(
  stage: Pick<PlannedStage, 'name' | 'image' | 'params' | 'key'>,
  arch: Architecture,
  images: StageImages,
  inputs: readonly Pick<LayerRecord, 'stage' | 'key'>[] = [],
): RecordedRequest {
  return {
    request: stageRequest(stage, arch),
    image: stageImage(images, stage.image).identity,
    inputs: Object.fromEntries(inputs.map((layer) => [layer.stage, layer.key])),
  };
}
