import type { Engine } from '../core/dependencies.ts';
import { removeUnused } from '../results/publish.ts';
import { whileOurs } from './submit.ts';

/**
 * Removes an ended build with its journal, its runs, and the artifacts that no other build shares. Its layers stay: they
 * belong to whoever finds them.
 * @throws LdfError `not-found`, or `state.conflict` while it has not ended.
 */
export async function removeBuild(engine: Engine, buildId: string): Promise<void> {
  const { store, journals } = engine;
  await whileOurs(engine, buildId, async () => {
    const artifacts = await store.listArtifacts([buildId]);
    await store.deleteBuild(buildId);
    await journals.remove(buildId);
    const contents = artifacts.map(({ sha256 }) => sha256);
    await removeUnused(engine, contents, new AbortController().signal);
  });
}
