/** What a build was for: its images, with what one does with them, what is new in them, and what is proved of them. */
import { Card, Stack, Title, VisuallyHidden } from '@mantine/core';
import type { Build } from '../../../../model/build.ts';
import { ImageRow } from '../../image/image-row.tsx';
import { LogIn } from '../../image/log-in.tsx';
import { ChangedSince } from './changed-since.tsx';
import { ReproducibleLine } from './reproducible-line.tsx';

export function ResultCard({ build }: { build: Build }) {
  const images = build.artifacts.filter(({ kind, removedAt }) => kind === 'image' && removedAt === undefined);
  if (build.state !== 'succeeded' || build.verifies !== null || images.length === 0) return null;
  return (
    <Card withBorder padding="md" component="section" aria-label="The image">
      <VisuallyHidden>
        <Title order={2}>The image</Title>
      </VisuallyHidden>
      <Stack gap="md">
        {images.map((image, index) => (
          <ImageRow key={image.id} build={build} image={image} first={index === 0} />
        ))}
        <LogIn buildId={build.id} />
        <ChangedSince build={build} />
        <ReproducibleLine build={build} />
      </Stack>
    </Card>
  );
}
