/** The index of the suite that a draft takes its packages from: fetched in the background, so that their names can be checked. */
import { queryOptions } from '@tanstack/react-query';
import { architectures } from '../../../architecture.ts';
import { Architecture } from '../../../definition/architecture.ts';
import { client } from '../../api.ts';
import { type Draft, valueAt } from './draft.ts';
import { nodeAt, type SchemaNode } from './schema.ts';

const freshMs = 10 * 60_000;

/** Only a definition that lists packages has something to look up. */
export function packageIndexQuery(draft: Draft, schema: SchemaNode | undefined) {
  const packages = valueAt(draft, ['userland', 'packages']);
  const at = ['userland', 'suite'];
  const suite = valueAt(draft, at) ?? (schema && nodeAt(schema, at)?.default);
  const arch = Architecture.catch(architectures[0]).parse(draft.arch);
  return queryOptions({
    queryKey: ['package-index', arch, suite],
    queryFn: async ({ signal }) => {
      const { total } = await client.queries.packages({ arch, suite: String(suite), limit: 1 }, signal);
      return total;
    },
    enabled: typeof suite === 'string' && Array.isArray(packages) && packages.length > 0,
    staleTime: freshMs,
    retry: false,
  });
}
