/** A planned stage's content key, and the request its program gets. */
import type { Architecture } from '../definition/definition.ts';
import { contractVersion, type RequestEnvelope } from '../stages/contract.ts';
import type { StageName } from '../stages/names.ts';
import { contentHash } from './canonical.ts';
import type { PlannedStage } from './types.ts';

/**
 * sha256 of all that may change a stage's output: its image, what is asked of it, and its inputs by their keys.
 * @param image the image's identity
 */
export function stageKey(
  {
    stage,
    arch,
    params,
    inputs,
  }: { stage: StageName; arch: Architecture; params: unknown; inputs: readonly StageName[] },
  image: string,
  keys: Readonly<Record<StageName, string>>,
): string {
  const inputKeys = Object.fromEntries(inputs.map((input) => [input, keys[input] ?? null]));
  return contentHash({ contract: contractVersion, stage, arch, image, params, inputs: inputKeys });
}

/** What goes into request.json. @throws Error while the stage's parameters are not known. */
export function stageRequest(
  stage: Pick<PlannedStage, 'name' | 'params' | 'key'>,
  arch: Architecture,
): RequestEnvelope {
  if (stage.params === null) throw new Error(`stage ${stage.name} has no parameters yet`);
  return { contract: contractVersion, stage: stage.name, arch, key: stage.key, params: stage.params };
}
