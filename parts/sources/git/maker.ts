/** The archive of a commit that the lock names, to the same bytes. */
import { definePart } from '../../part.ts';
import type { SourceMaker } from '../source.ts';
import { MadeTree } from './params.ts';
import { withRepository } from './repository.ts';

export const gitMaker = definePart(
  MadeTree,
  ({ commit }): SourceMaker => ({
    make: (context, url, target) =>
      withRepository(context, url, async (repository) => {
        await repository.fetchCommit(commit);
        await repository.archive(commit, target);
      }),
  }),
);
