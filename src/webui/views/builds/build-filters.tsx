/** What the list of builds is narrowed to; the choice lives in the address. */
import { Button, Group, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Architecture } from '../../../definition/definition.ts';
import { buildStates } from '../../../model/build.ts';
import { distributionsQuery } from '../../api.ts';
import { BuildsSearch } from './builds-search.ts';

interface BuildFiltersProps {
  filter: BuildsSearch;
  onChange: (filter: BuildsSearch) => void;
}

export function BuildFilters({ filter, onChange }: BuildFiltersProps) {
  const { data } = useQuery(distributionsQuery);
  const distributions = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  // From the address, or of a distribution that was removed.
  const { distribution } = filter;
  if (distribution && !distributions.some(({ value }) => value === distribution))
    distributions.push({ value: distribution, label: distribution });
  const choose = (key: keyof BuildsSearch) => (value: string | null) =>
    onChange(BuildsSearch.parse({ ...filter, [key]: value ?? undefined }));
  const shared = {
    clearable: true,
    size: 'sm',
    w: { base: '100%', xs: 180 },
    comboboxProps: { shadow: 'md' },
  } as const;
  return (
    <Group gap="xs" align="flex-end">
      <Select
        {...shared}
        aria-label="State"
        placeholder="Any state"
        data={buildStates}
        value={filter.state ?? null}
        onChange={choose('state')}
      />
      <Select
        {...shared}
        aria-label="Distribution"
        placeholder="Any distribution"
        data={distributions}
        searchable
        value={distribution ?? null}
        onChange={choose('distribution')}
      />
      <Select
        {...shared}
        aria-label="Architecture"
        placeholder="Any architecture"
        data={Architecture.options}
        value={filter.arch ?? null}
        onChange={choose('arch')}
      />
      {isFiltered(filter) && (
        <Button variant="subtle" size="sm" onClick={() => onChange({})}>
          Clear filters
        </Button>
      )}
    </Group>
  );
}

export function isFiltered({ state, arch, distribution }: BuildsSearch): boolean {
  return state !== undefined || arch !== undefined || distribution !== undefined;
}
