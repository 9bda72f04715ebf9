/** What a stage runs in that must not change its output: the same for every build, and another for a verification. */
import type { Limits, StageRuntime } from '../../runtime/runtime.ts';
import type { BuildRecord } from '../../store/builds.ts';

export interface Surroundings {
  /** One name for all builds: maintainer scripts ask for it, and the container's own would differ each time. */
  hostname: string;
  /** Neither begins with what earlier builds kept nor keeps anything. */
  withoutCaches: boolean;
  fewerCpus: boolean;
}

export const defaultSurroundings: Surroundings = { hostname: 'ldf', withoutCaches: false, fewerCpus: false };
const otherSurroundings: Surroundings = { hostname: 'ldf-again', withoutCaches: true, fewerCpus: true };

export function surroundingsOf({ verifies, noCache }: Pick<BuildRecord, 'verifies' | 'noCache'>): Surroundings {
  return verifies === null ? { ...defaultSurroundings, withoutCaches: noCache } : otherSurroundings;
}

/** CPUs that a stage may use, 0 for all: one fewer than usual where there are two, else half of the one. */
export async function cpusIn(
  { fewerCpus }: Surroundings,
  configured: Limits['cpus'],
  runtime: Pick<StageRuntime, 'info'>,
): Promise<number> {
  if (!fewerCpus) return configured;
  const all = configured || (await runtime.info()).cpus;
  return all > 1 ? Math.ceil(all) - 1 : all / 2;
}
