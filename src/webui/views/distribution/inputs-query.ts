/** What a build was made of. */
import { queryOptions } from '@tanstack/react-query';
import type { Build } from '../../../model/build.ts';
import { client } from '../../api.ts';

export const inputsQuery = ({ id, state }: Pick<Build, 'id' | 'state'>) =>
  queryOptions({
    queryKey: ['build', id, 'inputs', state],
    queryFn: ({ signal }) => client.builds.inputs(id, signal),
    staleTime: 60_000,
  });
