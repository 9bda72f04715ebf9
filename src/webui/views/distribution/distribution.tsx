/** One distribution: its builds and what came of them, its definition, and what differs between two builds. */
import { Loader, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { DistributionShape } from '../../../shapes/shapes.ts';
import { buildsQuery, distributionQuery } from '../../api.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Ago } from '../../parts/time.tsx';
import { BuildDialog } from '../distribution-build/build-dialog.tsx';
import { Actions } from './actions.tsx';
import { BuildsTab } from './builds-tab.tsx';
import { CompareTab } from './compare-tab.tsx';
import { type DistributionSearch, distributionTabs } from './search.ts';

const DefinitionTab = lazy(() => import('./definition-tab.tsx'));

const route = getRouteApi('/distributions/$id');

export function Distribution() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(distributionQuery(id));
  if (!data)
    return (
      <Page title="Distribution">
        {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loader aria-label="Loading" />}
      </Page>
    );
  return <Shown distribution={data} />;
}

function Shown({ distribution }: { distribution: DistributionShape }) {
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
      <Tabs
        value={search.tab ?? 'builds'}
        onChange={(next) => change({ tab: distributionTabs.find((tab) => tab === next) })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="builds">Builds</Tabs.Tab>
          <Tabs.Tab value="definition">Definition</Tabs.Tab>
          <Tabs.Tab value="compare">Compare</Tabs.Tab>
        </Tabs.List>
        {builds.error && !builds.data && <ErrorNotice error={builds.error} onRetry={() => void builds.refetch()} />}
        <Tabs.Panel value="builds" pt="md">
          {builds.data ? (
            <BuildsTab page={builds.data} onBuild={() => change({ build: true })} />
          ) : (
            <Loader aria-label="Loading" />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="definition" pt="md">
          <Suspense fallback={<Loader aria-label="Loading" />}>
            <DefinitionTab distribution={distribution} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="compare" pt="md">
          {builds.data && (
            <CompareTab builds={builds.data.items} search={search} onChoose={(part) => change(part, true)} />
          )}
        </Tabs.Panel>
      </Tabs>
      <BuildDialog id={search.build ? id : undefined} onClose={() => change({ build: undefined }, true)} />
    </Page>
  );
}
