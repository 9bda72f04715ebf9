/** Queues verifications: a build is rebuilt from scratch, in other surroundings, and what comes of it is compared. */
import type { BuildRecord } from '../../store/builds.ts';
import type { Engine } from '../core/dependencies.ts';
import { requireComparable } from '../verification/comparable.ts';
import { announce } from './submit.ts';

/**
 * Queues a verification of a build that has succeeded.
 * @throws LdfError `not-found`, `state.conflict` when it cannot be compared with, `images.missing`, `images.mismatch`,
 * `queue.full`.
 */
export async function verifyBuild(engine: Engine, buildId: string): Promise<BuildRecord> {
  const { store, config } = engine;
  const { distributionId, name, version, arch, formats, definition, components, lock, priority, timeFactor } =
    await requireComparable(engine, buildId, await engine.images.resolve());
  const verification = await store.createBuild(
    {
      ...{ distributionId, name, version, arch, formats, definition, components, lock, priority, timeFactor },
      // A console is never the same twice.
      ...{ boot: false, noCache: true, verifies: buildId },
    },
    { maxQueued: config.queueLength },
  );
  await announce(engine, verification);
  return verification;
}
