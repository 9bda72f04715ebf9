/** Files in the data folder that a process left which died: contents without an artifact, journals without a build. */
import type { Engine } from '../core/dependencies.ts';
import { dropUnused, withArtifacts } from '../results/publish.ts';

export async function removeLeftovers(engine: Engine): Promise<void> {
  const { store, artifacts, journals, logger } = engine;
  // Listed before the database is asked: what is made meanwhile is not in the lists.
  const folders = await journals.list();
  const builds = await store.knownBuilds(folders);
  // Rather another database than builds that are all gone: nothing is taken on its word.
  if (builds.size === 0) return;
  for (const folder of folders)
    if (!builds.has(folder)) {
      await journals.remove(folder);
      logger.info({ build: folder }, 'removed the journal of a build that is gone');
    }
  const contents = await artifacts.contents();
  const known = new Set((await store.keptArtifacts()).map(({ sha256 }) => sha256));
  const unknown = contents.filter((sha256) => !known.has(sha256));
  if (unknown.length === 0) return;
  // Under the lease, and only what nobody refers to by then.
  await withArtifacts(engine, new AbortController().signal, () => dropUnused(engine, unknown));
  logger.info({ unknown }, 'removed contents that no artifact has');
}
