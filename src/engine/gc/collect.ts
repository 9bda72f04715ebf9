/** Carries a collection out: the row goes first, under the lease that guards it, and what it spoke of after it. */

import { LdfError } from '../../errors.ts';
import { stageWithResult } from '../../stages/registry.ts';
import { sourcesVolume } from '../core/attempt-names.ts';
import type { Engine } from '../core/dependencies.ts';
import { Lease, newOwner, sourcesLease } from '../core/leases.ts';
import { imagesIfThere } from '../core/plan-build.ts';
import { dropUnused, withArtifacts } from '../results/publish.ts';
import { removeCache } from '../stage-runs/kept-caches.ts';
import type { Inventory } from './inventory.ts';
import { openNeeds } from './needs.ts';
import type { Collection } from './plan-collection.ts';

type Going = Collection['goes'][number];

/**
 * Removes what a plan lists, but for what was used since it was made, and gives what really went.
 * @throws LdfError `docker.unavailable` before anything is done.
 */
export async function collect(
  engine: Engine,
  inventory: Inventory,
  goes: readonly Going[],
  stop: AbortSignal,
): Promise<Going[]> {
  // Rows would go whose volumes cannot.
  await engine.runtime.ownedVolumes();
  const gone: Going[] = [];
  for (const item of goes) {
    if (stop.aborted) break;
    if (item.kind === 'layer' && (await removeLayer(engine, inventory, item))) gone.push(item);
    const cache = item.kind === 'cache' ? inventory.caches.get(item.id) : undefined;
    if (cache && (await removeCache(engine, cache))) gone.push(item);
    if (item.kind === 'artifact' && (await removeContent(engine, inventory, item, stop))) gone.push(item);
  }
  const removed = stop.aborted ? undefined : await removeSources(engine, inventory, goes);
  return goes.filter((item) => gone.includes(item) || removed?.has(item.id));
}

async function removeLayer({ store, runtime, logger }: Engine, { layers }: Inventory, { id, name }: Going) {
  const layer = layers.get(id);
  if (!layer || !(await store.dropLayer(id, layer.lastUsedAt))) return false;
  try {
    await runtime.removeVolume(layer.volume);
  } catch (error) {
    logger.warn({ err: error, name, volume: layer.volume }, 'a volume could not be removed; the next start does it');
  }
  return true;
}

/**
 * Not while a build downloads: its stage may have seen a file that it therefore does not fetch. Marked sources that are
 * left over, because a process died or Docker was away, go with the next that do.
 */
async function removeSources(engine: Engine, { sources }: Inventory, goes: readonly Going[]) {
  const { store, runtime, installation, logger } = engine;
  const chosen = goes.flatMap(({ kind, id }) => (kind === 'source' && sources.get(id)) || []);
  const images = chosen.length > 0 ? await imagesIfThere(engine) : undefined;
  const image = images?.[stageWithResult('sources').image];
  const lease = image && (await Lease.take(engine, sourcesLease, newOwner(engine)));
  if (!lease) return undefined;
  try {
    // Its process may have died, and the lease with it.
    if ((await openNeeds(engine)).downloading) return undefined;
    await store.markSources(chosen);
    const marked = await store.markedSources();
    const paths = marked.map((sha256) => `sha256/${sha256}`);
    await runtime.removeFiles(sourcesVolume(installation), paths, image.id);
    await store.removeMarkedSources(marked);
    return new Set(marked);
  } catch (error) {
    if (!(error instanceof LdfError)) throw error;
    logger.warn({ err: error }, 'sources could not be removed; the next collection does it');
    return undefined;
  } finally {
    await lease.release();
  }
}

async function removeContent(engine: Engine, { artifacts }: Inventory, { id }: Going, stop: AbortSignal) {
  const { store, clock } = engine;
  const known = artifacts.get(id) ?? [];
  let removed = false;
  await withArtifacts(engine, stop, async () => {
    // Another build has made the same since.
    if ((await store.countArtifactsOf(id)) !== known.length) return;
    await store.markRemoved(
      known.map((artifact) => artifact.id),
      clock.now(),
    );
    await dropUnused(engine, [id]);
    removed = true;
  });
  return removed;
}
