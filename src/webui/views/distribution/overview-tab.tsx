/** A distribution at a glance: its newest image first, then its builds; beside them what it is made of. */
import { Grid, Stack } from '@mantine/core';
import type { BuildSummary } from '../../../model/build.ts';
import type { Distribution } from '../../../model/distribution.ts';
import { BuildsTable } from './builds-table.tsx';
import { GlanceCard } from './glance-card.tsx';
import { NewestImage } from './newest-image.tsx';
import { VersionsCard } from './versions-card.tsx';

export type ListedBuild = Pick<
  BuildSummary,
  | 'id'
  | 'number'
  | 'version'
  | 'state'
  | 'verdict'
  | 'verifies'
  | 'arch'
  | 'startedAt'
  | 'endedAt'
  | 'createdAt'
  | 'error'
>;

interface OverviewProps {
  distribution: Distribution;
  /** undefined while they are being read. */
  page: { items: readonly ListedBuild[]; nextCursor: string | null } | undefined;
}

export function OverviewTab({ distribution, page }: OverviewProps) {
  const newest = page?.items.find(({ state, verifies }) => state === 'succeeded' && !verifies);
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <Stack gap="lg">
          {newest && <NewestImage id={newest.id} />}
          {page && <BuildsTable distribution={distribution} page={page} />}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <Stack gap="md">
          <VersionsCard distribution={distribution} />
          <GlanceCard distribution={distribution} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
