/** Why a container could not start, and what to do about it. */
import { LdfError } from '../../errors.ts';
import type { ContainerSpec } from '../runtime.ts';
import { stageNetwork } from './container-options.ts';
import { dockerError, engineMessage, httpStatus } from './docker-error.ts';

/** Whether the engine refused because its host has no /dev/kvm. */
export function isMissingKvm(error: unknown): boolean {
  return httpStatus(error) !== undefined && engineMessage(error).includes('"/dev/kvm"');
}

export function startFailure(spec: ContainerSpec, error: unknown): LdfError {
  const words = engineMessage(error);
  if (!spec.network || httpStatus(error) === undefined || !/network|iptables|veth|bridge/i.test(words))
    return dockerError(`start container ${spec.name}`, error);
  return noNetwork(spec, words);
}

export function noNetwork(spec: ContainerSpec, why: string): LdfError {
  return new LdfError('docker.unavailable', `Docker cannot give stage ${spec.owner.stage} a network: ${why}.`, {
    subcode: 'docker.no-network',
    hint: `See \`docker network ls\`: dockerd must run with its network "${stageNetwork}", so without --bridge=none, and with iptables.`,
  });
}
