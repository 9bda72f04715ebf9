/** download: fills the source store with what a lock names. The store is content-addressed: sha256/<hash>. */
import { join } from 'node:path';
import type { StageContext } from '../contract/program.ts';
import { fetchSources } from './fetch-sources.ts';

export async function download({ params, sources, progress, log }: StageContext<'download'>) {
  progress(0, `looking at ${params.sources.length} files`);
  return fetchSources(params.sources, join(sources, 'sha256'), { progress, log });
}
