/** Distributions as a table, for screens that have the room. */
import { Group, Table, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconSelector } from '@tabler/icons-react';
import type { DistributionSummary } from '../../../shapes/requests.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { Ago } from '../../parts/time.tsx';
import { type DistributionsSearch, defaultSort, firstDirection, type SortKey } from './listing.ts';
import { BuildButton, ImageSizes, LastBuild } from './row-parts.tsx';

interface TableProps {
  items: readonly DistributionSummary[];
  search: DistributionsSearch;
  onSort: (part: Pick<DistributionsSearch, 'sort' | 'down'>) => void;
  onBuild: (id: string) => void;
}

const columns: readonly { key: SortKey; label: string }[] = [
  { key: 'name', label: 'Name' },
  { key: 'arch', label: 'Architecture' },
  { key: 'build', label: 'Last build' },
  { key: 'size', label: 'Images' },
  { key: 'updated', label: 'Updated' },
];

export function DistributionTable({ items, search, onSort, onBuild }: TableProps) {
  return (
    <Table highlightOnHover verticalSpacing="sm" visibleFrom="md">
      <Table.Thead>
        <Table.Tr>
          {columns.map(({ key, label }) => (
            <SortHeader key={key} sortKey={key} label={label} search={search} onSort={onSort} />
          ))}
          <Table.Th>
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((item) => (
          <Table.Tr key={item.id}>
            <Table.Td>
              <AnchorLink to="/distributions/$id" params={{ id: item.id }} fw={600}>
                {item.name}
              </AnchorLink>{' '}
              <Text span c="dimmed" size="sm">
                {item.version}
              </Text>
            </Table.Td>
            <Table.Td>{item.arch}</Table.Td>
            <Table.Td>
              <LastBuild item={item} />
            </Table.Td>
            <Table.Td>
              <ImageSizes item={item} />
            </Table.Td>
            <Table.Td>
              <Ago time={item.updatedAt} size="sm" />
            </Table.Td>
            <Table.Td ta="right">
              <BuildButton item={item} onBuild={onBuild} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface HeaderProps extends Pick<TableProps, 'search' | 'onSort'> {
  sortKey: SortKey;
  label: string;
}

function SortHeader({ sortKey, label, search, onSort }: HeaderProps) {
  const active = (search.sort ?? defaultSort) === sortKey;
  const first = firstDirection(sortKey) === 'down';
  const down = active ? (search.down ?? first) : first;
  const Icon = active ? (down ? IconChevronDown : IconChevronUp) : IconSelector;
  return (
    <Table.Th aria-sort={active ? (down ? 'descending' : 'ascending') : 'none'}>
      <UnstyledButton onClick={() => onSort({ sort: sortKey, down: active ? !down : first })}>
        <Group gap={4} wrap="nowrap">
          <Text size="sm" fw={600}>
            {label}
          </Text>
          <Icon size={14} aria-hidden />
        </Group>
      </UnstyledButton>
    </Table.Th>
  );
}
