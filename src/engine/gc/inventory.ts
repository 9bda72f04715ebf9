/** Everything that garbage collection could take, with who needs it. */
import type { Plan } from '../../plan/types.ts';
import type { KeptArtifact } from '../../store/artifacts.ts';
import type { CacheRecord } from '../../store/caches.ts';
import type { LayerRecord } from '../../store/layers.ts';
import type { SourceRecord } from '../../store/sources.ts';
import { buildOfVolume } from '../core/attempt-names.ts';
import type { Engine } from '../core/dependencies.ts';
import { buildHasEnded } from '../core/states.ts';
import { openNeeds } from './needs.ts';
import type { Item } from './plan-collection.ts';

export interface Inventory {
  items: Item[];
  layers: ReadonlyMap<string, LayerRecord>;
  sources: ReadonlyMap<string, SourceRecord>;
  /** By volume. */
  caches: ReadonlyMap<string, CacheRecord>;
  /** By sha256 of the content that they share. */
  artifacts: ReadonlyMap<string, readonly KeptArtifact[]>;
}

/** @param coming the plan of a build that is not queued yet */
export async function takeInventory(engine: Engine, coming?: Plan): Promise<Inventory> {
  const { store, config, clock } = engine;
  // Needs are asked for last: see openNeeds.
  const layers = await store.listLayers();
  const sources = await store.listSources();
  const caches = await store.listCaches();
  const artifacts = groupByContent(await store.keptArtifacts());
  const { because, unknown } = await openNeeds(engine, coming);
  const recently = clock.now().getTime() - config.gcSpareMs;
  const neededBecause = (id: string, lastUsedAt: Date) =>
    because.get(id) ?? (lastUsedAt.getTime() > recently ? 'it was used just now' : undefined);
  const spareBecause = 'no queued or running build needs it';
  const newest = newestBuilds([...artifacts.values()].flat());
  return {
    items: [
      ...layers.map(({ key, stage, volume, sizeBytes, lastUsedAt }): Item => {
        const name = `${stage} of build ${buildOfVolume(engine.installation, volume)}`;
        const about = { spareBecause, neededBecause: neededBecause(key, lastUsedAt) ?? unknown };
        return { kind: 'layer', id: key, name, sizeBytes, lastUsedAt, ...about };
      }),
      ...sources.map(({ sha256, filename, sizeBytes, lastUsedAt }): Item => {
        const about = { spareBecause, neededBecause: neededBecause(sha256, lastUsedAt) };
        return { kind: 'source', id: sha256, name: filename, sizeBytes, lastUsedAt, ...about };
      }),
      ...caches.map(({ volume, cache, sizeBytes, lastUsedAt }): Item => {
        const name = `${cache} of build ${buildOfVolume(engine.installation, volume)}`;
        const about = { spareBecause: 'it only saves time', neededBecause: neededBecause(volume, lastUsedAt) };
        return { kind: 'cache', id: volume, name, sizeBytes, lastUsedAt, ...about };
      }),
      ...[...artifacts].flatMap(([sha256, all]) => artifactItem(sha256, all, newest) ?? []),
    ],
    layers: new Map(layers.map((layer) => [layer.key, layer])),
    sources: new Map(sources.map((source) => [source.sha256, source])),
    caches: new Map(caches.map((cache) => [cache.volume, cache])),
    artifacts,
  };
}

/** What tells of an image takes next to nothing, and stays to say what the build was like when its images are gone. */
function artifactItem(sha256: string, all: readonly KeptArtifact[], newest: ReadonlySet<string>): Item | undefined {
  const [first] = all;
  if (!first || all.some(({ kind }) => kind !== 'image')) return undefined;
  const open = all.find(({ build }) => !buildHasEnded(build.state));
  const last = all.find(({ build }) => newest.has(build.id));
  const ends = all.map(({ build }) => (build.endedAt ?? build.createdAt).getTime());
  const lastUsedAt = new Date(Math.max(...ends));
  return {
    kind: 'artifact',
    id: sha256,
    name: `${first.name} of build ${first.build.id}`,
    sizeBytes: first.storedBytes,
    lastUsedAt,
    spareBecause: 'its build is not the newest that succeeded',
    neededBecause: open
      ? `build ${open.build.id} is ${open.build.state}`
      : last && `build ${last.build.id} is the newest of ${last.build.name} that succeeded`,
  };
}

/** The newest build that succeeded, of each distribution and architecture. Of one that was deleted nothing is kept. */
function newestBuilds(artifacts: readonly KeptArtifact[]): Set<string> {
  const newest = new Map<string, KeptArtifact['build']>();
  for (const { build } of artifacts) {
    if (build.state !== 'succeeded' || build.distributionId === null) continue;
    const of = `${build.distributionId} ${build.arch}`;
    const before = newest.get(of);
    if (!before || build.createdAt > before.createdAt) newest.set(of, build);
  }
  return new Set([...newest.values()].map(({ id }) => id));
}

function groupByContent(artifacts: readonly KeptArtifact[]): Map<string, KeptArtifact[]> {
  const groups = new Map<string, KeptArtifact[]>();
  for (const artifact of artifacts) groups.set(artifact.sha256, [...(groups.get(artifact.sha256) ?? []), artifact]);
  return groups;
}
