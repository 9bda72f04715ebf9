/** What dead processes left on the container engine: containers and volumes that nobody in the database owns. */
import type { Owner } from '../../runtime/runtime.ts';
import type { LayerRecord } from '../../store/layers.ts';
import { attemptNames, isOutside, ownerOf, verificationOfLayer } from '../core/attempt-names.ts';
import type { Engine } from '../core/dependencies.ts';
import { buildLease, Lease, newOwner } from '../core/leases.ts';
import { buildHasEnded } from '../core/states.ts';

/**
 * Removes every container of an attempt that is not running by the database, and every volume that is neither the source
 * store, nor a layer or cache by the database, nor of a running attempt. An attempt is recorded as running before its volumes are made, so what is being made now is safe.
 * What cannot be removed is recorded and left for the next start.
 */
export async function removeOrphans(engine: Engine): Promise<void> {
  const { runtime, logger } = engine;
  // Listed before the database is asked: what is made meanwhile is not in the lists.
  const containers = await runtime.ownedContainers();
  const volumes = await runtime.ownedVolumes();
  const isAlive = await livingAttempts(engine, [
    ...containers.map(({ owner }) => owner),
    ...volumes.flatMap(({ owner }) => owner ?? []),
  ]);
  const rows = [...(await livingLayers(engine)), ...(await engine.store.listCaches())];
  const recorded = new Set(rows.map(({ volume }) => volume));
  const removals = [
    ...containers.filter(({ owner }) => !isAlive(owner)).map(({ name }) => ({ name, run: () => runtime.remove(name) })),
    ...volumes
      .filter(({ name, role, owner }) => role !== 'sources' && !recorded.has(name) && !(owner && isAlive(owner)))
      .map(({ name }) => ({ name, run: () => runtime.removeVolume(name) })),
  ];
  for (const { name, run } of removals) {
    try {
      await run();
      logger.info({ name }, 'removed what a dead process had left');
    } catch (error) {
      logger.warn({ err: error, name }, 'what a dead process left could not be removed; the next start tries again');
    }
  }
}

/** All layers but those of verifications that have ended, whose rows are removed: nobody is to find their volumes. */
async function livingLayers({ store }: Engine): Promise<LayerRecord[]> {
  const layers = [];
  for (const layer of await store.listLayers()) {
    const id = verificationOfLayer(layer.key);
    const verification = id === undefined ? undefined : await store.getBuild(id);
    if (id === undefined || (verification && !buildHasEnded(verification.state))) layers.push(layer);
    else await store.removeLayer(layer.key);
  }
  return layers;
}

async function livingAttempts(engine: Engine, owners: readonly Owner[]): Promise<(owner: Owner) => boolean> {
  const { store, installation } = engine;
  const name = (owner: Owner) => attemptNames(installation, owner).container;
  const builds = [...new Set(owners.map(({ build }) => build))];
  const running = (await store.listStageRuns(builds)).filter(({ state }) => state === 'running').map(ownerOf);
  const alive = new Set(running.map(name));
  for (const owner of owners) if (isOutside(owner.build) && (await isHeld(engine, owner.build))) alive.add(name(owner));
  return (owner) => alive.has(name(owner));
}

/** Outside builds there is no row, but a lease for as long as the process lives. */
async function isHeld(engine: Engine, build: string): Promise<boolean> {
  const lease = await Lease.take(engine, buildLease(build), newOwner(engine));
  await lease?.release();
  return lease === undefined;
}
