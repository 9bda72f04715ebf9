/** One component: how it fits in with others, everything it brings, and its whole file. */
import { Button, Group, Paper, Stack, Tabs, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconCopy, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ListedComponent } from '../../../model/component.ts';
import { client, componentsQuery, queryClient } from '../../api.ts';
import { AnchorLink, ButtonLink } from '../../parts/anchor.tsx';
import { notifyError } from '../../parts/error-notice.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { ComponentFile } from './component-file.tsx';
import { Contributions } from './contributions-list.tsx';
import { OriginBadge } from './origin-badge.tsx';
import { RelationTable } from './relation-table.tsx';
import { dependentsOf, idOf } from './relations.ts';

export function ComponentDetail() {
  const { kind, name } = useParams({ from: '/components/$kind/$name' });
  const query = useQuery(componentsQuery);
  const { data } = query;
  const status = <QueryStatus query={query} />;
  const component = data?.find((one) => one.kind === kind && one.name === name);
  if (data && component) return <Detail component={component} all={data} status={status} />;
  if (data)
    return (
      <Page title="No such component" about={`There is no component ${kind}/${name}. It may have been removed.`}>
        {status}
        <AnchorLink to="/components">All components</AnchorLink>
      </Page>
    );
  return <Page title={`${kind}/${name}`}>{status}</Page>;
}

interface DetailProps {
  component: ListedComponent;
  all: readonly ListedComponent[];
}

function Detail({ component, all, status }: DetailProps & { status: ReactNode }) {
  const { kind, name, title, summary, arch, origin, spec } = component;
  const { tab = 'about' } = useSearch({ from: '/components/$kind/$name' });
  const navigate = useNavigate({ from: '/components/$kind/$name' });
  return (
    <Page
      title={title}
      heading={
        <Group gap="sm">
          {title}
          <OriginBadge origin={origin} />
        </Group>
      }
      about={
        <>
          <AnchorLink underline="always" to="/components" search={{ kind }}>
            {kind}
          </AnchorLink>
          {` / ${name} · ${arch.join(', ')}`}
        </>
      }
      actions={<Actions component={component} all={all} />}
    >
      {status}
      <Text maw="70ch">{summary}</Text>
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: value === 'file' ? { tab: 'file' } : {}, replace: true })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="about">What it does</Tabs.Tab>
          <Tabs.Tab value="file">File</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="about">
          <Stack gap="lg">
            <Paper withBorder p="md">
              <RelationTable component={component} all={all} />
            </Paper>
            <Contributions spec={spec} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="file">
          <ComponentFile spec={spec} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Actions({ component, all }: DetailProps) {
  const { kind, name, origin } = component;
  const navigate = useNavigate();
  const remove = async () => {
    try {
      await client.components.remove(kind, name);
      await queryClient.invalidateQueries({ queryKey: componentsQuery.queryKey });
      await navigate({ to: '/components' });
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <>
      <ButtonLink
        to="/components/new"
        search={{ from: idOf(component) }}
        variant="default"
        leftSection={<IconCopy size={16} aria-hidden />}
      >
        Duplicate
      </ButtonLink>
      {origin === 'user' && (
        <>
          <ButtonLink
            to="/components/$kind/$name/edit"
            params={{ kind, name }}
            variant="default"
            leftSection={<IconPencil size={16} aria-hidden />}
          >
            Edit
          </ButtonLink>
          <Button
            variant="default"
            color="red"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => confirmRemoval(component, all, remove)}
          >
            Delete
          </Button>
        </>
      )}
    </>
  );
}

function confirmRemoval(
  component: ListedComponent,
  all: readonly ListedComponent[],
  remove: () => Promise<void>,
): void {
  const dependents = dependentsOf(component, all);
  modals.openConfirmModal({
    title: `Delete ${idOf(component)}?`,
    children: (
      <Stack gap="xs">
        <Text size="sm">Definitions that use it can no longer be built. Existing builds keep their copy.</Text>
        {dependents.length > 0 && (
          <Text size="sm">These require what it provides: {dependents.map(idOf).join(', ')}.</Text>
        )}
      </Stack>
    ),
    labels: { confirm: 'Delete the component', cancel: 'Cancel' },
    confirmProps: { color: 'red' },
    onConfirm: () => void remove(),
  });
}
