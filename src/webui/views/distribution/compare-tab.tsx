/** Two builds side by side: only what differs. */
import { Select, SimpleGrid, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { formatBytes } from '../../../amounts.ts';
import type { Difference } from '../../../model/stage-run.ts';
import { buildQuery } from '../../api.ts';
import { QueryStatus } from '../../parts/query-status.tsx';
import { shortId } from '../../parts/reason.tsx';
import { compareBuilds, defaultPair, type ImageChange, type Side, signedBytes } from './compare.ts';
import { inputsQuery } from './inputs-query.ts';
import type { ListedBuild } from './overview-tab.tsx';
import { PackageChangesTable } from './package-changes-table.tsx';
import type { DistributionSearch } from './search.ts';

const DefinitionDiff = lazy(() => import('./definition-diff.tsx'));

interface CompareProps {
  builds: readonly ListedBuild[];
  search: DistributionSearch;
  onChoose: (part: Pick<DistributionSearch, 'before' | 'after'>) => void;
}

/** Nothing is compared of builds that did not succeed unless one chooses them. */
export function CompareTab({ builds, search, onChoose }: CompareProps) {
  const candidates = builds.filter(({ verifies }) => verifies === null);
  const [newest, older] = defaultPair(candidates);
  const after = candidates.find(({ id }) => id === search.after) ?? newest;
  const before = candidates.find(({ id }) => id === search.before) ?? older;
  if (candidates.length < 2)
    return <Text c="dimmed">Once there are two builds, this shows what differs between them.</Text>;
  const data = candidates.map((build) => ({ value: build.id, label: labelOf(build) }));
  const choose = (side: 'before' | 'after', label: string, value: string | undefined) => (
    <Select
      label={label}
      placeholder="Choose a build"
      data={data}
      value={value ?? null}
      onChange={(next) => onChoose({ [side]: next ?? undefined })}
      allowDeselect={false}
    />
  );
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {choose('before', 'Before', before?.id)}
        {choose('after', 'After', after?.id)}
      </SimpleGrid>
      {before && after ? (
        <Differences before={before} after={after} />
      ) : (
        <Text c="dimmed">
          {after ? 'Only one of these builds succeeded.' : 'None of these builds succeeded yet.'} Choose two to compare
          them all the same.
        </Text>
      )}
    </Stack>
  );
}

function labelOf({ id, version, state, createdAt, arch }: ListedBuild): string {
  return `${shortId(id)} · ${version} · ${arch} · ${state} · ${new Date(createdAt).toLocaleString()}`;
}

/** What a build was made of, and what it left. */
function useSide(build: ListedBuild): { side: Side | undefined; status: ReactNode } {
  const [whole, inputs] = [useQuery(buildQuery(build.id)), useQuery(inputsQuery(build))];
  const status = <QueryStatus query={whole.error || !whole.data ? whole : inputs} />;
  return { side: whole.data && inputs.data && { build: whole.data, inputs: inputs.data }, status };
}

function Differences({ before, after }: { before: ListedBuild; after: ListedBuild }) {
  const [one, other] = [useSide(before), useSide(after)];
  // One of both is enough to tell: what keeps the one away most often keeps the other.
  if (!one.side || !other.side) return one.side ? other.status : one.status;
  const { summary, packages, kernelOptions, options, images } = compareBuilds(one.side, other.side);
  return (
    <Stack gap="xl">
      {one.status}
      <Text fw={600} role="status">
        {summary}
      </Text>
      {packages === undefined && (
        <Section title="Packages">
          <Text size="sm" c="dimmed">
            One of these builds ended before its packages were resolved.
          </Text>
        </Section>
      )}
      {packages && packages.length > 0 && (
        <Section title={`Packages (${packages.length})`}>
          <PackageChangesTable changes={packages} />
        </Section>
      )}
      <Section title="Definition">
        <Suspense fallback={<Skeleton height={160} aria-label="Loading" />}>
          <DefinitionDiff
            before={one.side.inputs.definition}
            after={other.side.inputs.definition}
            label="Differences of the definition"
          />
        </Suspense>
      </Section>
      {images.length > 0 && (
        <Section title="Images">
          <ImageTable images={images} />
        </Section>
      )}
      {options.length > 0 && (
        <Section title="Build options">
          <DifferenceTable differences={options} />
        </Section>
      )}
      {kernelOptions && kernelOptions.length > 0 && (
        <details>
          <summary style={{ cursor: 'pointer' }}>Kernel options ({kernelOptions.length})</summary>
          <DifferenceTable differences={kernelOptions} />
        </details>
      )}
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

function ImageTable({ images }: { images: readonly ImageChange[] }) {
  const size = (bytes: number | null) => (bytes === null ? '—' : formatBytes(bytes));
  return (
    <Table verticalSpacing={4} fz="sm" maw={640}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Format</Table.Th>
          <Table.Th ta="right">Before</Table.Th>
          <Table.Th ta="right">After</Table.Th>
          <Table.Th ta="right">Change</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {images.map(({ format, beforeBytes, afterBytes, same }) => (
          <Table.Tr key={format}>
            <Table.Td>{format}</Table.Td>
            <Table.Td ta="right">{size(beforeBytes)}</Table.Td>
            <Table.Td ta="right">{size(afterBytes)}</Table.Td>
            <Table.Td ta="right">{same ? 'identical' : signedBytes((afterBytes ?? 0) - (beforeBytes ?? 0))}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function DifferenceTable({ differences }: { differences: readonly Difference[] }) {
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={4} fz="sm" layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="40%">Name</Table.Th>
            <Table.Th>Before</Table.Th>
            <Table.Th>After</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.map(({ what, before, after }) => (
            <Table.Tr key={what}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{what}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{before ?? '—'}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{after ?? '—'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
