/** One distribution: its newest image and its builds, its definition, and what differs between two builds. */
import { Skeleton, Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Distribution } from '../../../model/distribution.ts';
import { buildsQuery, distributionQuery } from '../../api.ts';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { Ago } from '../../parts/time.tsx';
import { BuildDialog } from '../distribution-build/build-dialog.tsx';
import { Actions } from './actions.tsx';
import { CompareTab } from './compare-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { type DistributionSearch, distributionTabs } from './search.ts';

const DefinitionTab = lazy(() => import('./definition-tab.tsx'));

const route = getRouteApi('/distributions/$id');

export function DistributionPage() {
  const { id } = route.useParams();
  const query = useQuery(distributionQuery(id));
  const { data } = query;
  const status = <QueryStatus query={query} />;
  if (!data) return <Page title="Distribution">{status}</Page>;
  return <Shown distribution={data} status={status} />;
}

function Shown({ distribution, status }: { distribution: Distribution; status: ReactNode }) {
  const { id, name, version, arch, updatedAt } = distribution;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const builds = useQuery(buildsQuery({ distribution: id }));
  const change = (part: Partial<DistributionSearch>, replace = false) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace });
  return (
    <Page
      title={name}
      about={
        <>
          Version {version} · {arch} · updated <Ago time={updatedAt} />
        </>
      }
      actions={<Actions distribution={distribution} onBuild={() => change({ build: true })} />}
    >
      {status}
      <Tabs
        value={search.tab ?? 'overview'}
        onChange={(next) => change({ tab: distributionTabs.find((tab) => tab === next) })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="definition">Definition</Tabs.Tab>
          <Tabs.Tab value="compare">Compare</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview" pt="md">
          <Stack gap="md">
            <QueryStatus query={builds} />
            <OverviewTab distribution={distribution} page={builds.data} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="definition" pt="md">
          <Suspense fallback={<Skeleton height={160} aria-label="Loading" />}>
            <DefinitionTab distribution={distribution} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="compare" pt="md">
          <Stack gap="md">
            <QueryStatus query={builds} />
            {builds.data && (
              <CompareTab builds={builds.data.items} search={search} onChoose={(part) => change(part, true)} />
            )}
          </Stack>
        </Tabs.Panel>
      </Tabs>
      <BuildDialog id={search.build ? id : undefined} onClose={() => change({ build: undefined }, true)} />
    </Page>
  );
}
