/** What a build was for: its images, with what one does with them. */
import { ActionIcon, Box, Button, Card, Code, Collapse, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconCopy, IconDownload, IconPower } from '@tabler/icons-react';
import { formatBytes } from '../../../../amounts.ts';
import type { Artifact } from '../../../../model/artifact.ts';
import type { Build } from '../../../../model/build.ts';
import { ButtonLink } from '../../../parts/anchor.tsx';
import { Hash } from '../../../parts/hash.tsx';
import { VerdictBadge } from '../../../parts/verdict.tsx';
import { canBoot, isUntested } from '../outputs/can-boot.ts';
import { contentPath } from '../outputs/content.ts';
import { LogIn } from './log-in.tsx';
import { type RunLine, runLines } from './run-lines.ts';

export function ResultCard({ build }: { build: Build }) {
  const images = build.artifacts.filter(({ kind, removedAt }) => kind === 'image' && removedAt === undefined);
  if (build.state !== 'succeeded' || build.verifies !== null || images.length === 0) return null;
  return (
    <Card withBorder padding="md" component="section" aria-label="The image">
      <Stack gap="md">
        {images.map((image, index) => (
          <ImageRow key={image.id} build={build} image={image} first={index === 0} />
        ))}
        <LogIn buildId={build.id} />
      </Stack>
    </Card>
  );
}

function ImageRow({ build, image, first }: { build: Build; image: Artifact; first: boolean }) {
  const { id, name, sizeBytes, sha256, verdict } = image;
  const [open, { toggle }] = useDisclosure();
  const lines = runLines(image, build.arch);
  return (
    <Box data-image={name}>
      <Group justify="space-between" gap="sm">
        <Box style={{ minWidth: 0, flex: '1 1 18rem' }}>
          <Title order={2} size="h4" style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Title>
          <Group gap={8} mt={4}>
            <Text size="sm">{formatBytes(sizeBytes)}</Text>
            <VerdictBadge verdict={verdict} untested={isUntested(image, build)} />
            <Hash sha256={sha256} of={name} />
          </Group>
        </Box>
        <Group gap="xs">
          <Button
            component="a"
            href={contentPath(id)}
            download={name}
            variant={first ? 'filled' : 'default'}
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Download
          </Button>
          {canBoot(image, build) && (
            <ButtonLink
              to="/artifacts/$id/console"
              params={{ id }}
              variant="default"
              leftSection={<IconPower size={16} aria-hidden />}
            >
              Boot in browser
            </ButtonLink>
          )}
          {lines.length > 0 && (
            <Button variant="subtle" onClick={toggle} aria-expanded={open}>
              Run or write it…
            </Button>
          )}
        </Group>
      </Group>
      <Collapse expanded={open}>
        <Stack gap="xs" mt="sm">
          {lines.map((line) => (
            <Line key={line.title} {...line} />
          ))}
        </Stack>
      </Collapse>
    </Box>
  );
}

function Line({ title, note, command }: RunLine) {
  return (
    <div>
      <Text size="sm">
        <b>{title}.</b> {note}
      </Text>
      <Group gap={4} wrap="nowrap" align="flex-start">
        <Code block style={{ flex: 1, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {command}
        </Code>
        <CopyButton value={command}>
          {({ copied, copy }) => (
            <ActionIcon
              variant="subtle"
              color={copied ? 'green' : 'gray'}
              onClick={copy}
              aria-label={copied ? 'Copied' : `Copy: ${title}`}
            >
              {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            </ActionIcon>
          )}
        </CopyButton>
      </Group>
    </div>
  );
}
