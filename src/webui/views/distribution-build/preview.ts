/** What a build of a stored distribution would do under some options, as the server plans it. */
import { queryOptions } from '@tanstack/react-query';
import type { BuildOptions } from '../../../model/build.ts';
import type { Distribution } from '../../../model/distribution.ts';
import { client } from '../../api.ts';
import { withOptions } from './build-options.ts';

type Stored = Pick<Distribution, 'id' | 'definition' | 'updatedAt'>;

export const previewQuery = (distribution: Stored, options: BuildOptions) =>
  queryOptions({
    queryKey: ['plan', distribution.id, distribution.updatedAt, options],
    queryFn: async ({ signal }) => {
      const { plan, error } = await client.distributions.check(
        {
          definition: withOptions(distribution.definition, options),
          distribution: distribution.id,
          boot: options.boot,
          noCache: options.noCache,
        },
        signal,
      );
      if (!plan) throw error;
      return plan;
    },
    // The cache that it looks into fills while other builds run.
    refetchInterval: 10_000,
  });
