/** The key sets of the installation: plans that know them, and what a run is given of them. */
import type { Definition } from '../../definition/definition.ts';
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
  return engine.planner.plan({ ...input, keySets: await keySetsFor(engine, input.definition) });
}

/** undefined: the definition names none. */
async function keySetsFor({ keys }: Keys, { signing }: Definition): Promise<KnownKeySet[] | undefined> {
  if (signing.secureBoot === undefined) return undefined;
  return (await keys.list()).map(({ name, certificate, pem, problem }) => ({
    name,
    certificate: certificate && pem !== null ? { sha256: certificate.sha256, pem } : null,
    problem,
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
