/** A planned stage's content key, and the request its program gets. */
import type { Architecture } from '../definition/definition.ts';
import { contractVersion, type RequestEnvelope } from '../stages/contract.ts';
import { type StageName, stageTraits } from '../stages/names.ts';
import { contentHash } from './canonical.ts';
import type { PlannedStage } from './types.ts';

/** sha256 of all that may change a stage's output: its image, what is asked of it, and its inputs by their keys. */
export function stageKey(
  stage: StageName,
  arch: Architecture,
  imageIdentity: string,
  params: unknown,
  inputKeys: Readonly<Partial<Record<StageName, string>>>,
): string {
  const inputs = Object.fromEntries(stageTraits[stage].inputs.map((input) => [input, inputKeys[input] ?? null]));
  return contentHash({ contract: contractVersion, stage, arch, image: imageIdentity, params, inputs });
}

/** What goes into request.json. @throws Error while the stage's parameters are not known. */
export function stageRequest(stage: PlannedStage, arch: Architecture): RequestEnvelope {
  if (stage.params === null) throw new Error(`stage ${stage.name} has no parameters yet`);
  return { contract: contractVersion, stage: stage.name, arch, key: stage.key, params: stage.params };
}
