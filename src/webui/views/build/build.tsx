/** A build: what it is doing or what came of it, why, its log as it is written, and what it left. */
import { Tabs, Text } from '@mantine/core';
import { getRouteApi, useNavigate, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Build } from '../../../model/build.ts';
import type { StageName } from '../../../stages/names.ts';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { choiceOf, lineOf } from './address.ts';
import { BuildAbout } from './build-about.tsx';
import { BuildActions } from './build-actions.tsx';
import { type BuildSearch, buildTabs } from './build-search.ts';
import type { BuildFollower } from './follow/build-follower.ts';
import { useBuild } from './follow/use-build.ts';
import { StageGraph } from './graph/stage-graph.tsx';
import { LogPanel } from './log/log-panel.tsx';
import { FailureCard } from './outcome/failure-card.tsx';
import { ResultCard } from './outcome/result-card.tsx';
import { ArtifactList } from './outputs/artifact-list.tsx';
import { ConsoleReplay } from './outputs/console-replay.tsx';
import { PackageList } from './outputs/package-list.tsx';
import { Timeline } from './timeline/timeline.tsx';
import { Verification } from './verification.tsx';
import { StageList } from './why/stage-list.tsx';
import { shareDone, windowTitle } from './window-title.ts';

const route = getRouteApi('/builds/$id');

export function BuildPage() {
  const { id } = route.useParams();
  // Another build is another page: nothing of the one before is to be seen in it.
  return <OneBuild key={id} id={id} />;
}

function OneBuild({ id }: { id: string }) {
  const search = route.useSearch();
  const tab = search.tab ?? 'log';
  const { query, follower } = useBuild(id, tab === 'log');
  const status = <QueryStatus query={query} loading="Loading the build" />;
  if (!query.data) return <Page title={`Build ${id}`}>{status}</Page>;
  return <BuildView build={query.data} follower={follower} search={search} status={status} />;
}

interface BuildViewProps {
  build: Build;
  follower: BuildFollower;
  search: BuildSearch;
  status: ReactNode;
}

function BuildView({ build, follower, search, status }: BuildViewProps) {
  const navigate = useNavigate();
  const change = (next: Partial<BuildSearch>, options: { hash?: string; replace?: boolean } = {}) =>
    void navigate({
      to: '/builds/$id',
      params: { id: build.id },
      search: { ...search, ...next },
      resetScroll: false,
      ...options,
    });
  const hash = useRouterState({ select: (state) => state.location.hash });
  const choice = choiceOf(search, build);
  const choose = (stage: StageName) => change({ tab: undefined, stage, attempt: undefined });
  const tab = search.tab ?? 'log';
  const sbom = build.artifacts.find(({ format, removedAt }) => format === 'sbom' && removedAt === undefined);
  const recorded = build.artifacts.find(({ id }) => id === search.console);
  return (
    <Page
      title={`${build.name} ${build.version}`}
      windowTitle={windowTitle(build)}
      favicon={{ state: build.state, share: Math.round(shareDone(build) * 50) / 50 }}
      heading={
        <>
          {build.name} {build.version}{' '}
          <Text span inherit c="dimmed" fw={400} style={{ whiteSpace: 'nowrap' }}>
            #{build.number}
          </Text>
        </>
      }
      about={<BuildAbout build={build} />}
      actions={<BuildActions build={build} />}
    >
      {status}
      {build.error && build.state === 'failed' && (
        <FailureCard build={build} failure={build.error} follower={follower} />
      )}
      <ResultCard build={build} />
      <StageGraph stages={build.stages} chosen={choice.stage} onChoose={choose} />
      <Tabs
        value={tab}
        onChange={(value) => change({ tab: buildTabs.find((name) => name === value && name !== 'log') })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="log">Log</Tabs.Tab>
          <Tabs.Tab value="stages">Stages</Tabs.Tab>
          <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
          <Tabs.Tab value="artifacts">Artifacts ({build.artifacts.length})</Tabs.Tab>
          {sbom && <Tabs.Tab value="packages">Packages</Tabs.Tab>}
          {build.verifies === null && <Tabs.Tab value="verification">Reproducibility</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="log" pt="sm">
          <span id="log" />
          <LogPanel
            build={build}
            follower={follower}
            choice={choice}
            onChoice={({ stage, attempt }) => change({ stage: stage ?? 'all', attempt })}
            line={lineOf(hash)}
            onLine={(line) => change({ stage: choice.stage ?? 'all' }, { hash: `L${line + 1}`, replace: true })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="stages" pt="sm">
          <StageList build={build} />
        </Tabs.Panel>
        <Tabs.Panel value="timeline" pt="sm">
          <Timeline build={build} />
        </Tabs.Panel>
        <Tabs.Panel value="artifacts" pt="sm">
          <ArtifactList build={build} onReplay={(id) => change({ console: id })} />
        </Tabs.Panel>
        <Tabs.Panel value="packages" pt="sm">
          {sbom && <PackageList sbom={sbom} />}
        </Tabs.Panel>
        <Tabs.Panel value="verification" pt="sm">
          <Verification build={build} />
        </Tabs.Panel>
      </Tabs>
      {recorded && <ConsoleReplay artifact={recorded} onClose={() => change({ console: undefined })} />}
    </Page>
  );
}
