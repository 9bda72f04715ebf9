/** What LDF's files take on disk, its bounds, and how much of them is passed. */
import type { DiskSpace } from '../../disk-space.ts';
import { collectableKinds, type DiskReport } from '../../model/disk.ts';
import type { DiskUse, Engine } from '../core/dependencies.ts';
import { undefinedIfAway } from '../core/failure.ts';
import type { Demand } from './plan-collection.ts';

/** What is to come on top of what is there. */
export interface Need {
  /** Layers and sources, which stay. */
  keptBytes: number;
  /** What stages take while they run. */
  scratchBytes: number;
  /** Artifacts, in the data folder. */
  artifactBytes: number;
}

export const needNothing: Need = { keptBytes: 0, scratchBytes: 0, artifactBytes: 0 };

/** What everything takes, by the database, and what is free. */
export class DiskMeter {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async read(): Promise<DiskUse> {
    const { store, artifacts, config } = this.#engine;
    const [stored, data, docker] = await Promise.all([store.storedBytes(), artifacts.disk(), dockerDisk(this.#engine)]);
    return {
      layerBytes: stored.layers,
      sourceBytes: stored.sources,
      cacheBytes: stored.caches,
      artifactBytes: stored.artifacts,
      usedBytes: stored.layers + stored.sources + stored.caches + stored.artifacts,
      budgetBytes: config.diskBudgetBytes ?? null,
      reserveBytes: config.diskReserveBytes,
      data,
      docker,
    };
  }
}

/** How much of each bound is passed when `need` comes on top. */
export function demandsOn({ usedBytes, budgetBytes, reserveBytes, data, docker }: DiskUse, need: Need): Demand[] {
  const { keptBytes, scratchBytes, artifactBytes } = need;
  const kinds = collectableKinds;
  const comingBytes = keptBytes + scratchBytes + artifactBytes;
  const budget: Demand[] =
    budgetBytes === null ? [] : [{ of: 'budget', bytes: usedBytes + keptBytes + artifactBytes - budgetBytes, kinds }];
  if (docker?.device === data.device)
    return [...budget, { of: 'data', bytes: comingBytes + reserveBytes - data.freeBytes, kinds }];
  const volumes: Demand[] = docker
    ? [
        {
          of: 'volumes',
          bytes: keptBytes + scratchBytes + reserveBytes - docker.freeBytes,
          kinds: ['layer', 'source', 'cache'],
        },
      ]
    : [];
  const artifacts = artifactBytes + reserveBytes - data.freeBytes;
  return [...budget, ...volumes, { of: 'data', bytes: artifacts, kinds: ['artifact'] }];
}

export function describeDisk({ data, docker, ...use }: DiskUse): DiskReport {
  return { ...use, freeBytes: data.freeBytes, dockerFreeBytes: docker?.freeBytes ?? null };
}

function dockerDisk({ runtime }: Engine): Promise<DiskSpace | undefined> {
  return runtime.disk().catch(undefinedIfAway);
}
