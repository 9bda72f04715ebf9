/** A stored distribution in the form; its builds stay what they are. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { Distribution } from '../../../model/distribution.ts';
import { distributionQuery } from '../../api.ts';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { Editor } from './editor.tsx';
import { useFieldOfAddress } from './use-field-of-address.ts';

const route = getRouteApi('/distributions/$id/edit');

export function EditDistribution() {
  const { id } = route.useParams();
  const query = useQuery(distributionQuery(id));
  const { data } = query;
  if (!data)
    return (
      <Page title="Edit">
        <QueryStatus query={query} />
      </Page>
    );
  return <EditStored key={id} distribution={data} />;
}

function EditStored({ distribution }: { distribution: Distribution }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  // What was there when the form was opened: it does not change under the user's hands.
  const [opened, setOpened] = useState(distribution);
  const { id } = opened;
  useFieldOfAddress();
  return (
    <Editor
      key={opened.revision}
      title={`Edit ${opened.name}`}
      beginning={{ draft: opened.definition }}
      distribution={opened}
      search={search}
      onSearch={(part) => void navigate({ search: part })}
      onDiscard={setOpened}
      onSaved={(_saved, build) =>
        void navigate({ to: '/distributions/$id', params: { id }, search: build ? { build } : {}, replace: true })
      }
    />
  );
}
