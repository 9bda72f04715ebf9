/** What one came for: the images of the newest build that succeeded, with what one does with them. */
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Build } from '../../../model/build.ts';
import { buildQuery } from '../../api.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { Ago } from '../../parts/time.tsx';
import { TitledCard } from '../../parts/titled-card.tsx';
import { ImageRow } from '../image/image-row.tsx';
import { LogIn } from '../image/log-in.tsx';

export function NewestImage({ id }: { id: string }) {
  const query = useQuery(buildQuery(id));
  const { data } = query;
  return (
    <TitledCard title="Newest image">
      <QueryStatus query={query} loading="Loading the newest image" />
      {data && <Images build={data} />}
    </TitledCard>
  );
}

function Images({ build }: { build: Build }) {
  const { id, number, version, artifacts } = build;
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        Version {version}, from{' '}
        <AnchorLink to="/builds/$id" params={{ id }} inherit underline="always">
          build #{number}
        </AnchorLink>
        , <Ago time={build.endedAt ?? build.createdAt} />. Its{' '}
        <AnchorLink to="/builds/$id" params={{ id }} search={{ tab: 'artifacts' }} inherit underline="always">
          other files
        </AnchorLink>{' '}
        are the bill of materials, checksums and logs.
      </Text>
      {artifacts
        .filter(({ kind }) => kind === 'image')
        .map((image, index) => (
          <ImageRow key={image.id} build={build} image={image} first={index === 0} />
        ))}
      <LogIn buildId={id} />
    </Stack>
  );
}
