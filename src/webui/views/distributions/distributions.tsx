/** Every distribution, how its last build went, and the way to the next one. */
import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { architectures } from '../../../architecture.ts';
import { distributionsQuery } from '../../api.ts';
import { ButtonLink } from '../../parts/anchor.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { BuildDialog } from '../distribution-build/build-dialog.tsx';
import { SetUpCard } from '../stage-images/set-up-card.tsx';
import { DistributionCards } from './cards.tsx';
import { EmptyState } from './empty-state.tsx';
import { ImportButton } from './import-button.tsx';
import { type DistributionsSearch, listed } from './listing.ts';
import { SortControl } from './sort-control.tsx';
import { DistributionTable } from './table.tsx';

/** So many rows are drawn at first, and with each click more. */
const roomStep = 100;

const route = getRouteApi('/distributions');

export function Distributions() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(distributionsQuery);
  const { data } = query;
  /** What is typed replaces the address; what is opened is a step that goes back. */
  const change = (part: Partial<DistributionsSearch>, replace = true) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace });
  const [room, setRoom] = useState(roomStep);
  const shown = listed(data?.items ?? [], search);
  const drawn = shown.slice(0, room);
  const build = (id: string) => change({ build: id }, false);
  return (
    <Page
      title="Distributions"
      about="A definition of what to build; its builds give images that have booted."
      actions={
        <>
          <ImportButton />
          <ButtonLink
            to={data?.items.length === 0 ? '/distributions/new' : '/distributions/templates'}
            leftSection={<IconPlus size={16} aria-hidden />}
          >
            {data?.items.length === 0 ? 'Empty form' : 'New distribution'}
          </ButtonLink>
        </>
      }
    >
      <SetUpCard />
      <QueryStatus query={query} />
      {data?.items.length === 0 && <EmptyState />}
      {data && data.items.length > 0 && (
        <>
          <Filters search={search} change={change} />
          {shown.length === 0 ? (
            <Group>
              <Text c="dimmed">None of {data.items.length} distributions matches.</Text>
              <Button variant="subtle" size="xs" onClick={() => change({ q: undefined, arch: undefined })}>
                Show all
              </Button>
            </Group>
          ) : (
            <>
              <SortControl search={search} onSort={change} />
              <DistributionTable items={drawn} search={search} onSort={change} onBuild={build} />
              <DistributionCards items={drawn} onBuild={build} />
              {shown.length > drawn.length && (
                <Button variant="default" style={{ alignSelf: 'center' }} onClick={() => setRoom(room + roomStep)}>
                  Show {Math.min(roomStep, shown.length - drawn.length)} more of {shown.length}
                </Button>
              )}
              {!data.complete && (
                <Text size="sm" c="dimmed">
                  Only the newest {data.items.length} are listed and searched.
                </Text>
              )}
            </>
          )}
        </>
      )}
      <BuildDialog id={search.build} onClose={() => change({ build: undefined })} />
    </Page>
  );
}

function Filters(props: { search: DistributionsSearch; change: (part: Partial<DistributionsSearch>) => void }) {
  const { search, change } = props;
  return (
    <Group gap="sm">
      <TextInput
        aria-label="Search"
        placeholder="Search by name, version, component or state"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search.q ?? ''}
        onChange={(event) => change({ q: event.currentTarget.value || undefined })}
        style={{ flex: '1 1 14rem', maxWidth: '24rem' }}
      />
      <Select
        aria-label="Architecture"
        placeholder="Any architecture"
        data={[...architectures]}
        value={search.arch ?? null}
        onChange={(value) => change({ arch: architectures.find((one) => one === value) })}
        clearable
        w={190}
      />
    </Group>
  );
}
