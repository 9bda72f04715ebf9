/** Which sources have to be fetched before they can be used. */

import { sourcesVolume } from './attempt-names.ts';
import type { Engine } from './dependencies.ts';

/** Those that the source store does not have; the others count as used from now on. */
export async function missingSources<Source extends { sha256: string }>(
  { store, runtime, installation }: Engine,
  sources: readonly Source[],
): Promise<Source[]> {
  // Rows about a volume that somebody removed would promise what is not there.
  if (!(await runtime.volumeExists(sourcesVolume(installation)))) await store.forgetSources();
  const known = await store.useSources(sources.map(({ sha256 }) => sha256));
  return sources.filter(({ sha256 }) => !known.has(sha256));
}
