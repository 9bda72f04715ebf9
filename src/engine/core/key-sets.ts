/** The key sets of the installation: plans that know them, and what a run is given of them. */
import type { Definition } from '../../definition/definition.ts';
import type { Problems } from '../../plan/problems.ts';
import { checkArtifactSigning } from '../../plan/signing.ts';
import type { KnownKeySet, Plan, PlanInput } from '../../plan/types.ts';
import type { QueryEnvelope, RequestEnvelope } from '../../stages/contract.ts';
import { stageNamed } from '../../stages/registry.ts';
import type { EngineDependencies } from './dependencies.ts';

type Keys = Pick<EngineDependencies, 'keys'>;

/** Plans with the key sets that there are now. @throws LdfError `definition.impossible` */
export async function planWithKeys(
  engine: Keys & Pick<EngineDependencies, 'planner'>,
  input: Omit<PlanInput, 'keySets'>,
): Promise<Plan> {
  const { secureBoot, modules } = input.definition.signing;
  const named = secureBoot !== undefined || modules !== undefined;
  return engine.planner.plan({ ...input, keySets: named ? await known(engine) : undefined });
}

/**
 * Whether artifacts can be signed as a definition asks. No plan depends on it: one that is made again, to verify a build or to find
 * what it needs, must not fail for a key that is gone.
 */
export async function checkArtifactKeySet(engine: Keys, definition: Definition, problems: Problems): Promise<void> {
  if (definition.signing.artifacts !== undefined) checkArtifactSigning(definition, await known(engine), problems);
}

async function known({ keys }: Keys): Promise<KnownKeySet[]> {
  return (await keys.list()).map(({ name, certificate, pem, problem, artifactProblem }) => ({
    name,
    certificate: certificate && pem !== null ? { sha256: certificate.sha256, pem } : null,
    problem,
    artifactProblem,
  }));
}

/**
 * The private key (PEM) that a run is to sign with; undefined: it signs nothing.
 * @throws LdfError `state.conflict` when it cannot be had any more
 */
export async function privateKeyFor(
  { keys }: Keys,
  request: RequestEnvelope | QueryEnvelope,
): Promise<string | undefined> {
  if ('query' in request) return undefined;
  const certificate = stageNamed(request.stage).signsWith(request.params);
  return certificate === null ? undefined : keys.privateKey(certificate);
}
