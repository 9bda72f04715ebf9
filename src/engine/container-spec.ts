/** The container of one attempt: everything about it follows from the stage's traits. */
import type { ContainerSpec, Owner, StageRuntime, VolumeMount } from '../runtime/runtime.ts';
import { type RequestEnvelope, stagePaths } from '../stages/contract.ts';
import { type StageName, stageTraits } from '../stages/names.ts';
import { attemptNames, cacheVolume, sourcesVolume } from './attempt-names.ts';
import type { StageRunLimits } from './config.ts';

export interface AttemptInput {
  installation: string;
  owner: Owner;
  request: RequestEnvelope;
  /** Image id. */
  image: string;
  /** Volumes of the layers that the stage reads. */
  layers: Readonly<Partial<Record<StageName, string>>>;
  limits: StageRunLimits;
}

/** Makes the volumes that an attempt needs, as far as they are not there. */
export async function ensureVolumes(runtime: StageRuntime, installation: string, owner: Owner): Promise<void> {
  const { volume, workVolume } = attemptNames(installation, owner);
  const traits = stageTraits[owner.stage];
  await runtime.ensureVolume(volume, 'layer', owner);
  await runtime.ensureVolume(workVolume, 'work', owner);
  if (traits.sources !== 'none') await runtime.ensureVolume(sourcesVolume(installation), 'sources');
  for (const cache of traits.caches) await runtime.ensureVolume(cacheVolume(installation, cache), 'cache');
}

/** @throws Error when the layer of an input is not given. */
export function containerSpec({ installation, owner, request, image, layers, limits }: AttemptInput): ContainerSpec {
  const { container, volume, workVolume } = attemptNames(installation, owner);
  const { inputs, sources, caches, network, capabilities, kvm } = stageTraits[owner.stage];
  const mounts: VolumeMount[] = [
    { volume, target: stagePaths.out, readOnly: false },
    { volume: workVolume, target: stagePaths.work, readOnly: false },
    ...inputs.map((input) => {
      const layer = layers[input];
      if (!layer) throw new Error(`stage ${owner.stage} has no layer of ${input}`);
      return { volume: layer, target: `${stagePaths.in}/${input}`, readOnly: true };
    }),
    ...caches.map((cache) => ({
      volume: cacheVolume(installation, cache),
      target: `${stagePaths.cache}/${cache}`,
      readOnly: false,
    })),
  ];
  if (sources !== 'none')
    mounts.push({ volume: sourcesVolume(installation), target: stagePaths.sources, readOnly: sources === 'read' });
  const { memoryBytes, pids, cpus } = limits;
  return {
    name: container,
    owner,
    image,
    mounts,
    network,
    capabilities,
    kvm,
    limits: { memoryBytes, pids, cpus },
    files: { [`${stagePaths.out}/${stagePaths.request}`]: `${JSON.stringify(request, null, 2)}\n` },
  };
}
