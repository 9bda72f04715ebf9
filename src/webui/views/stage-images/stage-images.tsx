/** The containers that builds run in: what there is of each, and how to come by it. */
import { Button, FileButton, Paper, Table, Text, Title } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconDownload, IconHammer, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { formatBytes } from '../../../amounts.ts';
import type { StageImageStatus } from '../../../model/stage-image.ts';
import { client, stageImagesQuery } from '../../api.ts';
import { Hash } from '../../parts/hash.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
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
            onClick={() =>
              void work.start('Building the stage images', (signal) => client.stageImages.build(undefined, signal))
            }
          >
            {buildLabel(data ?? [])}
          </Button>
        </>
      }
    >
      <WorkPanel work={work} />
      <QueryStatus query={query} />
      {data && <ImageTable images={data} />}
      <PullForm
        disabled={work.running}
        onPull={(from) => void work.start(`Pulling from ${from}`, (signal) => client.stageImages.pull(from, signal))}
      />
    </Page>
  );
}

function ImageTable({ images }: { images: readonly StageImageStatus[] }) {
  return (
    <Paper withBorder>
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Image</Table.Th>
            <Table.Th w={130}>State</Table.Th>
            <Table.Th w={170} visibleFrom="sm">
              Size
            </Table.Th>
            <Table.Th w={240} visibleFrom="sm">
              Digest
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {images.map((image) => (
            <ImageRow key={image.name} image={image} />
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function ImageRow({ image: { name, state, problem, identity, origin, sizeBytes } }: { image: StageImageStatus }) {
  const size = sizeBytes === null ? undefined : `${formatBytes(sizeBytes)}, ${origin}`;
  return (
    <Table.Tr>
      <Table.Td>
        <Title order={2} size="h5">
          {name}
        </Title>
        {problem && <Text size="sm">{problem}</Text>}
        {size && (
          <Text size="xs" c="dimmed" hiddenFrom="sm">
            {size}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <ImageState state={state} />
      </Table.Td>
      <Table.Td visibleFrom="sm" style={{ whiteSpace: 'nowrap' }}>
        {size}
      </Table.Td>
      <Table.Td visibleFrom="sm">{identity && <Hash sha256={identity} of={name} />}</Table.Td>
    </Table.Tr>
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
