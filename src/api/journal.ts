/** Positions in a build's journal as requests name them. */
import type { ApiServices } from './services.ts';

/**
 * The position that `after` names, checked.
 * @throws LdfError `request.invalid` when it is none of this journal.
 */
export async function journalPosition(
  { builds }: Pick<ApiServices, 'builds'>,
  buildId: string,
  after: number | 'end',
): Promise<number> {
  if (after === 'end') return builds.end(buildId);
  await builds.read(buildId, { after, limit: 1 });
  return after;
}
