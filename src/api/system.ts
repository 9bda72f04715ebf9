/** What is known of the installation. Docker may be away: that is a problem to tell, not a reason to fail. */
import { LdfError } from '../errors.ts';
import type { SystemStatus } from '../model/system.ts';
import type { ApiServices } from './services.ts';

export async function describeSystem(services: ApiServices): Promise<SystemStatus> {
  const { store, builds, catalog, version, dataDir } = services;
  const [{ docker, problems }, disk, { queued, running }, { unusable }] = await Promise.all([
    describeDocker(services),
    builds.disk(),
    store.countBuilds(),
    catalog(),
  ]);
  const ofComponents = unusable.map(({ why, hint }) => ({ message: why, hint }));
  return { version, docker, dataDir, disk, queue: { queued, running }, problems: [...problems, ...ofComponents] };
}

async function describeDocker({ runtime, images }: ApiServices): Promise<Pick<SystemStatus, 'docker' | 'problems'>> {
  try {
    const { version, cpus, memoryBytes, architecture, kvm, problems } = await runtime.info();
    // What no build has needed yet keeps none from running.
    const wanted = (await images.verify()).filter(({ state }) => state !== 'unused');
    const imageProblems = wanted.flatMap(({ problem }) => problem ?? []);
    return {
      docker: { reachable: true, version, cpus, memoryBytes, architecture, kvm },
      problems: [
        ...problems,
        ...imageProblems.map((message) => ({
          message,
          hint: 'Run `ldf images build`; it rebuilds only what is missing or outdated.',
        })),
      ],
    };
  } catch (error) {
    if (!(error instanceof LdfError) || error.code !== 'docker.unavailable') throw error;
    return {
      docker: { reachable: false, version: null, cpus: null, memoryBytes: null, architecture: null, kvm: null },
      problems: [{ message: error.message, hint: error.hint ?? 'Start Docker, or set LDF_DOCKER_HOST.' }],
    };
  }
}
