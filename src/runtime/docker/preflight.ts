/** What the Docker Engine is, and what about it would keep builds from running. */
import type Docker from 'dockerode';
import type { RuntimeInfo } from '../runtime.ts';
import { stageNetwork } from './container-options.ts';
import { asking, askingFor } from './docker-error.ts';

/** Docker 20.10: the first whose BuildKit and archive calls do what we need. */
const oldestApi = [1, 41] as const;

export async function describeEngine(docker: Docker): Promise<RuntimeInfo> {
  const doing = 'tell about itself';
  const [info, version, bridge] = await Promise.all([
    asking(doing, docker.info()),
    asking(doing, docker.version()),
    askingFor(doing, docker.getNetwork(stageNetwork).inspect()),
  ]);
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
  return { version: version.Version, cpus: info.NCPU, memoryBytes: info.MemTotal, problems };
}

function isOlder(api: string): boolean {
  const [major = 0, minor = 0] = api.split('.').map(Number);
  return major < oldestApi[0] || (major === oldestApi[0] && minor < oldestApi[1]);
}
