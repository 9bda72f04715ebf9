/** Bare containers and volumes, to measure against and to run a stage program alone in. */
import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { execa } from 'execa';
import type { VolumeMount } from '../../src/runtime/runtime.ts';
import { type RequestEnvelope, stagePaths } from '../../src/stages/contract.ts';
import type { StageName } from '../../src/stages/names.ts';

export interface BareRun {
  /** Image id or name. */
  image: string;
  mounts?: readonly VolumeMount[];
  /** Instead of the image's own program. */
  command?: readonly string[];
  /** Arguments of the image's own program. */
  args?: readonly string[];
  /** Further options of `docker run`; default: no network, and a /tmp as stages have it. */
  options?: readonly string[];
  stdin?: string;
}

const stageOptions = ['--network', 'none', '--read-only', '--tmpfs', '/tmp:rw,nosuid,nodev,noexec,size=1g'];

/** `docker run --rm`. Seconds are wall time from the call to the end of the command. @throws ExecaError when it fails. */
export async function dockerRun(run: BareRun): Promise<{ seconds: number; stdout: string }> {
  const { image, mounts = [], options = stageOptions, command = [], args = [], stdin } = run;
  const [entrypoint, ...rest] = command;
  const began = performance.now();
  const { stdout } = await execa(
    'docker',
    [
      ...['run', '--rm', '--interactive', ...options],
      ...mounts.flatMap(({ volume, target, readOnly }) => [
        '--volume',
        `${volume}:${target}:${readOnly ? 'ro' : 'rw'}`,
      ]),
      ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
      ...[image, ...rest, ...args],
    ],
    { input: stdin ?? '' },
  );
  return { seconds: (performance.now() - began) / 1000, stdout };
}

/** Runs the command in "$@", then prints what the container's control group has counted (version 1 or 2 of it). */
const countingCpu = `
"$@" >&2
cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || cat /sys/fs/cgroup/cpu.stat`;

/** The CPU time of a whole container, user and system, in seconds. @throws ExecaError when the command fails. */
export async function cpuSeconds(run: BareRun & { command: readonly string[] }): Promise<number> {
  const command = ['sh', '-euc', countingCpu, 'sh', ...run.command];
  const { stdout } = await dockerRun({ ...run, command });
  const microseconds = /^usage_usec (\d+)$/m.exec(stdout)?.[1];
  if (microseconds !== undefined) return Number(microseconds) / 1e6;
  const nanoseconds = /^(\d+)$/m.exec(stdout)?.[1];
  if (nanoseconds !== undefined) return Number(nanoseconds) / 1e9;
  throw new Error(`the control group counts no CPU time: ${stdout}`);
}

export const benchLabel = 'ldf.bench';

/** Makes empty volumes, which are gone when `use` is done. */
export async function withVolumes<Name extends string, Result>(
  docker: Docker,
  names: readonly Name[],
  use: (volume: (name: Name) => string) => Promise<Result>,
): Promise<Result> {
  const prefix = `ldf-bench-${randomBytes(6).toString('hex')}`;
  const volume = (name: Name) => `${prefix}-${name}`;
  try {
    for (const name of names) await docker.createVolume({ Name: volume(name), Labels: { [benchLabel]: '' } });
    return await use(volume);
  } finally {
    for (const name of names) await docker.getVolume(volume(name)).remove({ force: true });
  }
}

/** Removes the volumes of a bench that was interrupted; what a container still uses is left alone. */
export async function removeLeftovers(docker: Docker): Promise<void> {
  const { Volumes } = await docker.listVolumes({ filters: { label: [benchLabel], dangling: ['true'] } });
  for (const { Name } of Volumes) await docker.getVolume(Name).remove();
}

/** One run of a stage program by its contract alone: no engine, no database. */
export interface StageAlone {
  image: string;
  request: RequestEnvelope;
  /** Volumes of the layers that it reads. */
  layers: Readonly<Record<StageName, string>>;
  out: string;
  work: string;
  /** Volumes of the caches it uses, by name. */
  caches?: Readonly<Record<string, string>>;
  /** The volume of the source store, for a stage that reads it. */
  sources?: string;
}

/** Puts the request where the program finds it; gives the run that is left to do. */
export async function readyStage(stage: StageAlone): Promise<BareRun> {
  const { image, request, layers, out, work, caches, sources } = stage;
  const output = { volume: out, target: stagePaths.out, readOnly: false };
  const command = ['tee', `${stagePaths.out}/${stagePaths.request}`];
  await dockerRun({ image, mounts: [output], command, stdin: JSON.stringify(request) });
  const mounts = [output, ...stageMounts(layers, work, caches)];
  if (sources !== undefined) mounts.push({ volume: sources, target: stagePaths.sources, readOnly: true });
  return { image, mounts };
}

/** What a stage mounts, besides its output and the source store. */
export function stageMounts(
  layers: StageAlone['layers'],
  work: string,
  caches: StageAlone['caches'] = {},
): VolumeMount[] {
  const mount = (target: string, volume: string, readOnly: boolean) => ({ target, volume, readOnly });
  return [
    mount(stagePaths.work, work, false),
    ...Object.entries(layers).map(([stage, volume]) => mount(`${stagePaths.in}/${stage}`, volume, true)),
    ...Object.entries(caches).map(([name, volume]) => mount(`${stagePaths.cache}/${name}`, volume, false)),
  ];
}
