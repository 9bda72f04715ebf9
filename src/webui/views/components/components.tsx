/** What a distribution can be made of: every component by its kind, the shipped ones and the user's own. */
import { Button, Group, Paper, SegmentedControl, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ListedComponent } from '../../../model/component.ts';
import { componentsQuery } from '../../api.ts';
import { ButtonLink } from '../../parts/anchor.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import classes from './component-row.module.css';
import { ComponentRow } from './component-row.tsx';
import { type ComponentFilter, groupByKind } from './filter.ts';
import { idOf } from './relations.ts';

export function Components() {
  const query = useQuery(componentsQuery);
  return (
    <Page
      title="Components"
      about="Building blocks: each lists what it requires and what it adds."
      actions={
        <ButtonLink to="/components/new" leftSection={<IconPlus size={16} aria-hidden />}>
          Add a component
        </ButtonLink>
      }
    >
      <QueryStatus query={query} />
      {query.data && <Groups components={query.data} />}
    </Page>
  );
}

function Groups({ components }: { components: readonly ListedComponent[] }) {
  const filter = useSearch({ from: '/components' });
  const navigate = useNavigate({ from: '/components' });
  const groups = groupByKind(components, filter);
  const change = (part: ComponentFilter) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  return (
    <Stack gap="lg">
      <FilterBar kinds={[...new Set(components.map(({ kind }) => kind))]} filter={filter} onChange={change} />
      {groups.length === 0 && <NothingFound filter={filter} onReset={() => void navigate({ search: {} })} />}
      {groups.map(([kind, members]) => (
        <section key={kind} aria-label={kind}>
          <Group gap="xs" mb="xs">
            <Title order={2} size="h4">
              {kind}
            </Title>
            <Text c="dimmed" size="sm">
              {members.length}
            </Text>
          </Group>
          <Paper withBorder component="ul" className={classes.list}>
            {members.map((component) => (
              <ComponentRow key={idOf(component)} component={component} />
            ))}
          </Paper>
        </section>
      ))}
    </Stack>
  );
}

interface FilterBarProps {
  kinds: string[];
  filter: ComponentFilter;
  onChange(part: ComponentFilter): void;
}

function FilterBar({ kinds, filter, onChange }: FilterBarProps) {
  return (
    <Group gap="sm" align="flex-end">
      <TextInput
        label="Search"
        placeholder="Name, package, option, provision"
        leftSection={<IconSearch size={16} aria-hidden />}
        type="search"
        value={filter.text ?? ''}
        onChange={({ currentTarget }) => onChange({ text: currentTarget.value || undefined })}
        style={{ flex: '1 1 16rem' }}
      />
      <Select
        label="Kind"
        data={kinds}
        value={filter.kind ?? null}
        onChange={(kind) => onChange({ kind: kind ?? undefined })}
        placeholder="All kinds"
        clearable
        w={160}
      />
      <SegmentedControl
        aria-label="Origin"
        data={[
          { value: 'all', label: 'All' },
          { value: 'shipped', label: 'Built-in' },
          { value: 'user', label: 'Custom' },
        ]}
        value={filter.origin ?? 'all'}
        onChange={(value) => onChange({ origin: value === 'shipped' || value === 'user' ? value : undefined })}
      />
    </Group>
  );
}

function NothingFound({ filter, onReset }: { filter: ComponentFilter; onReset(): void }) {
  const onlyOwn = filter.origin === 'user' && !filter.text && !filter.kind;
  return (
    <Paper withBorder p="lg">
      <Stack gap="sm" align="flex-start">
        <Text>
          {onlyOwn ? 'No custom components yet. Add one, or duplicate a built-in one.' : 'No matching components.'}
        </Text>
        <Button variant="default" onClick={onReset}>
          Show all components
        </Button>
      </Stack>
    </Paper>
  );
}
