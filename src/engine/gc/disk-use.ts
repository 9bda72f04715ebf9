/** What LDF's files take on disk, its bounds, and how much of them is passed. */
import type { DiskSpace } from '../../disk-space.ts';
import { collectableKinds, type DiskShape } from '../../shapes/shapes.ts';
import { allSharedCaches } from '../attempt-names.ts';
import type { Engine } from '../dependencies.ts';
import { undefinedIfAway } from '../failure.ts';
import { imagesIfThere } from '../plan-build.ts';
import type { Demand } from './plan-collection.ts';

export interface DiskUse extends Omit<DiskShape, 'freeBytes' | 'dockerFreeBytes'> {
  /** The disk of the data folder. */
  data: DiskSpace;
  /** The disk of Docker's volumes; undefined when it cannot be asked. */
  docker: DiskSpace | undefined;
}

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

export class DiskMeter {
  readonly #engine: Engine;
  #cacheBytes: number | null = null;
  #measuredAt = Number.NEGATIVE_INFINITY;
  #measuring: Promise<void> | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * As `read`, with caches that were measured at most `maxAgeMs` ago: that takes a container, and they grow slowly. All who
   * ask at the same time get the same measurement.
   */
  async measure(maxAgeMs = this.#engine.config.cacheMeasureMs): Promise<DiskUse> {
    if (performance.now() - this.#measuredAt > maxAgeMs) {
      this.#measuring ??= this.#measureCaches().finally(() => {
        this.#measuring = undefined;
      });
      await this.#measuring;
    }
    return this.read();
  }

  async #measureCaches(): Promise<void> {
    this.#cacheBytes = await cacheBytes(this.#engine);
    this.#measuredAt = performance.now();
  }

  /** With caches as they were measured last. */
  async read(): Promise<DiskUse> {
    const { store, artifacts, config } = this.#engine;
    const bytes = this.#cacheBytes;
    const [stored, data, docker] = await Promise.all([store.storedBytes(), artifacts.disk(), dockerDisk(this.#engine)]);
    return {
      layerBytes: stored.layers,
      sourceBytes: stored.sources,
      cacheBytes: bytes,
      artifactBytes: stored.artifacts,
      usedBytes: stored.layers + stored.sources + (bytes ?? 0) + stored.artifacts,
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
    ? [{ of: 'volumes', bytes: keptBytes + scratchBytes + reserveBytes - docker.freeBytes, kinds: ['layer', 'source'] }]
    : [];
  const artifacts = artifactBytes + reserveBytes - data.freeBytes;
  return [...budget, ...volumes, { of: 'data', bytes: artifacts, kinds: ['artifact'] }];
}

export function describeDisk({ data, docker, ...use }: DiskUse): DiskShape {
  return { ...use, freeBytes: data.freeBytes, dockerFreeBytes: docker?.freeBytes ?? null };
}

/** null while it cannot be measured. */
async function cacheBytes(engine: Engine): Promise<number | null> {
  const { runtime, installation } = engine;
  try {
    // One that hangs says so in time, and is then asked for nothing else.
    await runtime.info();
    let sum = 0;
    for (const volume of allSharedCaches(installation)) {
      if (!(await runtime.volumeExists(volume))) continue;
      const images = await imagesIfThere(engine);
      if (!images) return null;
      sum += await runtime.volumeBytes(volume, images['rootfs-assembler'].id);
    }
    return sum;
  } catch (error) {
    return undefinedIfAway(error) ?? null;
  }
}

function dockerDisk({ runtime }: Engine): Promise<DiskSpace | undefined> {
  return runtime.disk().catch(undefinedIfAway);
}
