/** Distributions as a table, for screens that have the room. */
import { Group, Table, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconSelector } from '@tabler/icons-react';
import type { DistributionSummary } from '../../../model/distribution.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { Ago } from '../../parts/time.tsx';
import { type DistributionsSearch, firstDirection, orderOf, type SortKey, sortLabels } from './listing.ts';
import { BuildButton, Components, ImageSizes, LastBuild } from './row-parts.tsx';

interface TableProps {
  items: readonly DistributionSummary[];
  search: DistributionsSearch;
  onSort: (part: Pick<DistributionsSearch, 'sort' | 'down'>) => void;
  onBuild: (id: string) => void;
}

export function DistributionTable({ items, search, onSort, onBuild }: TableProps) {
  const sorting = { search, onSort };
  return (
    <Table highlightOnHover verticalSpacing="sm" visibleFrom="md">
      <Table.Thead>
        <Table.Tr>
          <SortHeader sortKey="name" {...sorting} />
          <SortHeader sortKey="arch" {...sorting} />
          <Table.Th>Components</Table.Th>
          <SortHeader sortKey="build" {...sorting} />
          <SortHeader sortKey="size" {...sorting} />
          <SortHeader sortKey="updated" {...sorting} />
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
              <Components item={item} />
            </Table.Td>
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
}

function SortHeader({ sortKey, search, onSort }: HeaderProps) {
  const order = orderOf(search);
  const active = order.sort === sortKey;
  const first = firstDirection(sortKey) === 'down';
  const down = active ? order.down : first;
  const Icon = active ? (down ? IconChevronDown : IconChevronUp) : IconSelector;
  return (
    <Table.Th aria-sort={active ? (down ? 'descending' : 'ascending') : 'none'}>
      <UnstyledButton onClick={() => onSort({ sort: sortKey, down: active ? !down : first })}>
        <Group gap={4} wrap="nowrap">
          <Text size="sm" fw={600}>
            {sortLabels[sortKey]}
          </Text>
          <Icon size={14} aria-hidden />
        </Group>
      </UnstyledButton>
    </Table.Th>
  );
}
