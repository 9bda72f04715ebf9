/** A new distribution: from nothing, an example, another distribution, or a file. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { beginningOf } from './beginning.ts';
import { Editor } from './editor.tsx';

const route = getRouteApi('/distributions/new');
const title = 'New distribution';

export function NewDistribution() {
  const { from, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery({
    queryKey: ['beginning', from ?? null],
    queryFn: ({ signal }) => beginningOf(from, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const { data } = query;
  if (!data)
    return (
      <Page title={title}>
        <QueryStatus query={query} />
      </Page>
    );
  return (
    <Editor
      key={from ?? ''}
      title={title}
      beginning={data}
      search={search}
      onSearch={(part) => void navigate({ search: { ...part, ...(from === undefined ? {} : { from }) } })}
      onSaved={({ id }, build) =>
        void navigate({ to: '/distributions/$id', params: { id }, search: build ? { build } : {}, replace: true })
      }
    />
  );
}
