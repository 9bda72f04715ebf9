/** Asks something of a build, and shows at once what the server answers. */
import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import type { Build } from '../../../../model/build.ts';
import { buildQuery, queryClient, refreshLists } from '../../../api.ts';
import { notifyError } from '../../../parts/error-notice.tsx';

export type BuildAction<Input> = UseMutationResult<Build, unknown, Input>;

/** @param ask gives the build as it is afterwards */
export function useBuildAction<Input = void>(ask: (input: Input) => Promise<Build>): BuildAction<Input> {
  return useMutation({
    mutationFn: ask,
    onSuccess: (build) => {
      queryClient.setQueryData(buildQuery(build.id).queryKey, build);
      void queryClient.invalidateQueries({ queryKey: ['build', build.id] });
      refreshLists();
    },
    onError: notifyError,
  });
}
