/** What the Docker Engine is, and what about it would keep builds from running. */

import type Docker from 'dockerode';
import { Architecture } from '../../definition/definition.ts';
import { LdfError } from '../../errors.ts';
import type { RuntimeInfo } from '../runtime.ts';
import { stageNetwork } from './container-options.ts';
import { answerOf } from './docker-error.ts';

/** Docker 20.10: the first whose BuildKit and archive calls do what we need. */
const oldestApi = [1, 41] as const;

/** An engine that takes longer to tell about itself hangs. */
const answerMs = 10_000;

/** @throws LdfError `docker.unavailable`, also when it does not answer in time. */
export async function describeEngine(docker: Docker): Promise<Omit<RuntimeInfo, 'kvm'>> {
  const { info, version, bridge } = await ask(docker);
  const problems: RuntimeInfo['problems'] = [];
  if (isOlder(version.ApiVersion))
    problems.push({
      message: `Docker ${version.Version} is too old (its API is ${version.ApiVersion}).`,
      hint: 'Install Docker Engine 20.10 or newer.',
    });
  if (info.OSType !== 'linux')
    problems.push({
      message: `Docker runs ${info.OSType} containers; LDF needs Linux containers.`,
      hint: 'Switch Docker to Linux containers.',
    });
  if (!bridge)
    problems.push({
      message: `Docker has no network "${stageNetwork}": resolve and download cannot reach package mirrors.`,
      hint: 'Start dockerd without --bridge=none.',
    });
  const { NCPU: cpus, MemTotal: memoryBytes, DockerRootDir: rootFolder } = info;
  const architecture = Architecture.safeParse(info.Architecture).data ?? null;
  return { version: version.Version, cpus, memoryBytes, architecture, rootFolder, problems };
}

/** Asked first for what may be called off, so that an engine that hangs is asked for nothing else. */
async function ask(docker: Docker) {
  const doing = 'tell about itself';
  const abortSignal = AbortSignal.timeout(answerMs);
  const filters = { name: [stageNetwork] };
  const networks = await answerOf(doing, docker.listNetworks({ filters, abortSignal })).catch((cause: unknown) => {
    if (!abortSignal.aborted) throw cause;
    throw new LdfError('docker.unavailable', `Docker hangs: it did not answer within ${answerMs / 1000} seconds.`, {
      hint: 'See its log, and whether `docker info` answers; running builds wait for it.',
      cause,
    });
  });
  const [info, version] = await Promise.all([answerOf(doing, docker.info()), answerOf(doing, docker.version())]);
  return { info, version, bridge: networks.some(({ Name }) => Name === stageNetwork) };
}

function isOlder(api: string): boolean {
  const [major = 0, minor = 0] = api.split('.').map(Number);
  return major < oldestApi[0] || (major === oldestApi[0] && minor < oldestApi[1]);
}
