/** Positions in a build's journal as requests name them. */
import type { ApiServices } from './services.ts';

/** No stage gets that far: a read for it passes over everything. */
const noAttempt = Number.MAX_SAFE_INTEGER;

/**
 * The position that `after` names, checked.
 * @throws LdfError `request.invalid` when it is none of this journal.
 */
export async function journalPosition(
  { builds }: Pick<ApiServices, 'builds'>,
  buildId: string,
  after: number | 'end',
): Promise<number> {
  if (after !== 'end') {
    await builds.read(buildId, { after, limit: 1 });
    return after;
  }
  let position = 0;
  for (;;) {
    const { next } = await builds.read(buildId, { after: position, attempt: noAttempt, limit: 1 });
    if (next === position) return position;
    position = next;
  }
}
