/** The containers that builds run in: what there is of each, and how to come by it. */
import { Button, Code, CopyButton, FileButton, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconDownload, IconHammer, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { formatBytes } from '../../../amounts.ts';
import type { StageImageStatus } from '../../../model/stage-image.ts';
import { client, stageImagesQuery } from '../../api.ts';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { TitledCard } from '../../parts/titled-card.tsx';
import { buildLabel } from './build-label.ts';
import { ImageState } from './image-state.tsx';
import { PullForm } from './pull-form.tsx';
import { useImageWork } from './use-image-work.ts';
import { WorkPanel } from './work-panel.tsx';

export function StageImages() {
  const query = useQuery(stageImagesQuery);
  const { data } = query;
  const work = useImageWork();
  const forgetFile = useRef<() => void>(null);
  const complete = data?.every(({ state }) => state === 'ok') ?? false;
  return (
    <Page
      title="Stage images"
      about="Containers the build stages run in, pinned by digest."
      actions={
        <>
          <FileButton
            resetRef={forgetFile}
            onChange={(file) => {
              // So that the same file can be chosen again after it was fixed.
              forgetFile.current?.();
              if (file) askToLoad(file, work);
            }}
            accept=".tar,application/x-tar"
            disabled={work.running}
          >
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />}>
                Load archive
              </Button>
            )}
          </FileButton>
          <Button
            component="a"
            {...(complete ? { href: '/v1/stage-images/save', download: 'ldf-stage-images.tar' } : {})}
            variant="default"
            disabled={!complete}
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Save archive
          </Button>
          <Button
            leftSection={<IconHammer size={16} aria-hidden />}
            disabled={work.running || complete || !data}
            onClick={() => void work.start('Building the stage images', (signal) => client.stageImages.build(signal))}
          >
            {buildLabel(data ?? [])}
          </Button>
        </>
      }
    >
      <WorkPanel work={work} />
      <QueryStatus query={query} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {data?.map((image) => (
          <ImageCard key={image.name} image={image} />
        ))}
      </SimpleGrid>
      <PullForm
        disabled={work.running}
        onPull={(from) => void work.start(`Pulling from ${from}`, (signal) => client.stageImages.pull(from, signal))}
      />
    </Page>
  );
}

function ImageCard({ image }: { image: StageImageStatus }) {
  const { name, state, problem, identity, origin, sizeBytes } = image;
  return (
    <TitledCard title={name} actions={<ImageState state={state} />}>
      {problem && <Text size="sm">{problem}</Text>}
      {sizeBytes !== null && (
        <Text size="sm">
          {formatBytes(sizeBytes)}, {origin}
        </Text>
      )}
      {identity && (
        <Stack gap={4}>
          <Group gap="xs" wrap="nowrap">
            <Code style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{identity}</Code>
            <CopyButton value={identity}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="subtle" onClick={copy} aria-label={`Copy the identity of ${name}`}>
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
          </Group>
          <Text size="xs" c="dimmed">
            Its identity: the hash of its layers and configuration, the same wherever it came from.
          </Text>
        </Stack>
      )}
    </TitledCard>
  );
}

/** Whoever made the images decides what is in every distribution: a person has to answer for them. */
function askToLoad(file: File, work: ReturnType<typeof useImageWork>): void {
  modals.openConfirmModal({
    title: 'Load these stage images?',
    children: (
      <Text size="sm">
        Every distribution is made by what runs in the stage images. Load an archive only when you trust whoever made
        it. One that holds anything but stage images is refused.
      </Text>
    ),
    labels: { confirm: `Load ${file.name}`, cancel: 'Cancel' },
    onConfirm: () =>
      void work.start(`Loading ${file.name}`, (signal) => client.stageImages.load(file, { trusted: true, signal })),
  });
}
