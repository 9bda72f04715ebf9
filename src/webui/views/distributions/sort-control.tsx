/** The order of the cards on a phone, where no table has headers to click. */
import { ActionIcon, Group, Select } from '@mantine/core';
import { IconSortAscending, IconSortDescending } from '@tabler/icons-react';
import { type DistributionsSearch, orderOf, sortKeys, sortLabels } from './listing.ts';

interface SortControlProps {
  search: DistributionsSearch;
  onSort: (part: Pick<DistributionsSearch, 'sort' | 'down'>) => void;
}

export function SortControl({ search, onSort }: SortControlProps) {
  const { sort, down } = orderOf(search);
  const Icon = down ? IconSortDescending : IconSortAscending;
  return (
    <Group gap="xs" wrap="nowrap" hiddenFrom="md">
      <Select
        aria-label="Sort by"
        data={sortKeys.map((value) => ({ value, label: `By ${sortLabels[value].toLowerCase()}` }))}
        value={sort}
        onChange={(value) => onSort({ sort: sortKeys.find((key) => key === value), down: undefined })}
        allowDeselect={false}
        style={{ flex: 1 }}
      />
      <ActionIcon
        variant="default"
        size="input-sm"
        aria-label={down ? 'Descending; sort ascending' : 'Ascending; sort descending'}
        onClick={() => onSort({ sort, down: !down })}
      >
        <Icon size={18} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
