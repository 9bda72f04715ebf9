/** The container of one attempt: everything about it follows from the stage's traits. */
import type { ContainerSpec, Owner, StageRuntime, VolumeMount } from '../../runtime/runtime.ts';
import type { ConsoleRequest } from '../../stages/console.ts';
import { type QueryEnvelope, type RequestEnvelope, stagePaths } from '../../stages/contract.ts';
import type { StageName } from '../../stages/names.ts';
import { networkFile, type StageNetwork } from '../../stages/network.ts';
import { stageNamed } from '../../stages/registry.ts';
import { attemptNames, type CacheVolume, keepVolumes, sourcesVolume } from '../core/attempt-names.ts';
import type { StageRunLimits } from '../core/config.ts';
import type { Surroundings } from './surroundings.ts';

export interface AttemptInput {
  installation: string;
  owner: Owner;
  request: RequestEnvelope | QueryEnvelope | ConsoleRequest;
  /** Image id. */
  image: string;
  /** Volumes of the layers that the stage reads. */
  layers: Readonly<Record<StageName, string>>;
  /** What it reads from its stdin: a private key, which stands in no request. */
  stdin?: string | undefined;
  /** What earlier runs kept, to begin with. */
  caches?: readonly CacheVolume[];
  /** How a stage with a network reaches it. */
  network?: StageNetwork;
  limits: StageRunLimits;
  surroundings: Surroundings;
}

/** Makes the volumes that an attempt needs, as far as they are not there. */
export async function ensureVolumes(
  runtime: StageRuntime,
  { installation, owner }: Pick<AttemptInput, 'installation' | 'owner'>,
): Promise<void> {
  const { volume, workVolume } = attemptNames(installation, owner);
  const { traits } = stageNamed(owner.stage);
  await runtime.ensureVolume(volume, 'layer', owner);
  await runtime.ensureVolume(workVolume, 'work', owner);
  if (traits.sources !== 'none') await runtime.ensureVolume(sourcesVolume(installation), 'sources');
  for (const keep of keepVolumes(installation, owner)) await runtime.ensureVolume(keep.volume, 'cache', owner);
}

export function containerSpec(input: AttemptInput): ContainerSpec {
  const { installation, owner, request, image, layers, stdin, caches = [], limits, surroundings } = input;
  const { container, volume, workVolume } = attemptNames(installation, owner);
  const { traits } = stageNamed(owner.stage);
  const { sources, network, capabilities, kvm } = traits;
  const mounts: VolumeMount[] = [
    { volume, target: stagePaths.out, readOnly: false },
    { volume: workVolume, target: stagePaths.work, readOnly: false },
    ...Object.entries(layers).map(([input, volume]) => ({
      volume,
      target: `${stagePaths.in}/${input}`,
      readOnly: true,
    })),
    // No run writes where another one reads: what is kept goes into a volume of the attempt's own.
    ...caches.map(({ cache, volume }) => ({ volume, target: `${stagePaths.cache}/${cache}`, readOnly: true })),
    ...keepVolumes(installation, owner).map(({ cache, volume }) => ({
      volume,
      target: `${stagePaths.keep}/${cache}`,
      readOnly: false,
    })),
  ];
  if (sources !== 'none')
    mounts.push({ volume: sourcesVolume(installation), target: stagePaths.sources, readOnly: sources === 'read' });
  const { memoryBytes, pids, cpus, logBytes, timeoutMs } = limits;
  return {
    name: container,
    owner,
    image,
    hostname: surroundings.hostname,
    mounts,
    network,
    capabilities,
    kvm,
    limits: { memoryBytes, pids, cpus, logBytes, timeoutMs },
    ...(stdin === undefined ? {} : { stdin }),
    files: {
      [`${stagePaths.out}/${stagePaths.request}`]: `${JSON.stringify(request, null, 2)}\n`,
      ...(network && input.network ? { [`${stagePaths.work}/${networkFile}`]: JSON.stringify(input.network) } : {}),
    },
  };
}
