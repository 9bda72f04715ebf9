/** Two builds side by side: only what differs. */
import { Select, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Build } from '../../../model/build.ts';
import { client } from '../../api.ts';
import { QueryStatus } from '../../parts/query-status.tsx';
import { shortId } from '../../parts/reason.tsx';
import { compareBuilds, type Section } from './compare.ts';
import type { DistributionSearch } from './search.ts';

interface CompareProps {
  builds: readonly Build[];
  search: DistributionSearch;
  onChoose: (part: Pick<DistributionSearch, 'before' | 'after'>) => void;
}

export function CompareTab({ builds, search, onChoose }: CompareProps) {
  const candidates = builds.filter(({ verifies }) => verifies === null);
  const [newest, older] = defaultPair(candidates);
  const after = candidates.find(({ id }) => id === search.after) ?? newest;
  const before = candidates.find(({ id }) => id === search.before) ?? older;
  if (!before || !after || candidates.length < 2)
    return <Text c="dimmed">Once there are two builds, this shows what differs between them.</Text>;
  const data = candidates.map((build) => ({ value: build.id, label: labelOf(build) }));
  const choose = (side: 'before' | 'after', label: string, value: string) => (
    <Select
      label={label}
      data={data}
      value={value}
      onChange={(next) => onChoose({ [side]: next ?? undefined })}
      allowDeselect={false}
    />
  );
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {choose('before', 'Before', before.id)}
        {choose('after', 'After', after.id)}
      </SimpleGrid>
      <Differences before={before} after={after} />
    </Stack>
  );
}

/** The two newest good builds, else the two newest. */
function defaultPair(builds: readonly Build[]): readonly Build[] {
  const good = builds.filter(({ state }) => state === 'succeeded');
  return good.length > 1 ? good : builds;
}

function labelOf({ id, version, state, createdAt, arch }: Build): string {
  return `${shortId(id)} · ${version} · ${arch} · ${state} · ${new Date(createdAt).toLocaleString()}`;
}

const inputsQuery = ({ id, state }: Build) => ({
  queryKey: ['build', id, 'inputs', state],
  queryFn: ({ signal }: { signal: AbortSignal }) => client.builds.inputs(id, signal),
  staleTime: 60_000,
});

function Differences({ before, after }: { before: Build; after: Build }) {
  const [one, other] = [useQuery(inputsQuery(before)), useQuery(inputsQuery(after))];
  // One of both is enough to tell: what keeps the one away most often keeps the other.
  const status = <QueryStatus query={one.error || !one.data ? one : other} />;
  if (!one.data || !other.data) return status;
  const sections = compareBuilds({ build: before, inputs: one.data }, { build: after, inputs: other.data });
  const different = sections.filter(({ differences, unknown }) => differences.length > 0 || unknown);
  const same = sections.filter((section) => !different.includes(section));
  return (
    <Stack gap="xl">
      {status}
      {different.map((section) => (
        <SectionTable key={section.title} section={section} />
      ))}
      {same.length > 0 && (
        <Text size="sm" c="dimmed">
          The same in both: {same.map(({ title }) => title.toLowerCase()).join(', ')}.
        </Text>
      )}
    </Stack>
  );
}

function SectionTable({ section: { title, differences, unknown } }: { section: Section }) {
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {title}{' '}
        <Text span c="dimmed" size="sm" fw={400}>
          {unknown ? '' : `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`}
        </Text>
      </Title>
      {unknown && (
        <Text size="sm" c="dimmed">
          {unknown}
        </Text>
      )}
      {differences.length > 0 && (
        <Table.ScrollContainer minWidth={420}>
          <Table verticalSpacing={5} layout="fixed">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w="40%">What</Table.Th>
                <Table.Th>Before</Table.Th>
                <Table.Th>After</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {differences.map(({ what, before, after }) => (
                <Table.Tr key={what}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{what}</Table.Td>
                  <Value text={before} />
                  <Value text={after} />
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

function Value({ text }: { text: string | null }) {
  return (
    <Table.Td c={text === null ? 'dimmed' : 'inherit'} style={{ overflowWrap: 'anywhere' }}>
      {text ?? 'not there'}
    </Table.Td>
  );
}
