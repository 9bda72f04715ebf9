/** An image: what was proved of it, and what one does with it. */
import { ActionIcon, Box, Button, Code, Collapse, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconCopy, IconDownload, IconPower } from '@tabler/icons-react';
import { formatBytes } from '../../../amounts.ts';
import type { Artifact } from '../../../model/artifact.ts';
import type { Build } from '../../../model/build.ts';
import { ButtonLink } from '../../parts/anchor.tsx';
import { Hash } from '../../parts/hash.tsx';
import { VerdictBadge } from '../../parts/verdict.tsx';
import { contentPath } from '../build/outputs/content.ts';
import { canBoot, isUntested } from './can-boot.ts';
import { type RunLine, runLines } from './run-lines.ts';

interface ImageRowProps {
  build: Pick<Build, 'arch' | 'state'>;
  image: Artifact;
  /** Its download is the one that stands out. */
  first: boolean;
}

export function ImageRow({ build, image, first }: ImageRowProps) {
  const { id, name, sizeBytes, sha256, verdict, removedAt } = image;
  const [open, { toggle }] = useDisclosure();
  const lines = removedAt === undefined ? runLines(image, build.arch) : [];
  return (
    <Box data-image={name}>
      <Group justify="space-between" gap="sm">
        <Box style={{ minWidth: 0, flex: '1 1 18rem' }}>
          <Title order={3} size="h4" style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Title>
          <Group gap={8} mt={4}>
            <Text size="sm" title={`${sizeBytes.toLocaleString()} bytes`}>
              {formatBytes(sizeBytes)}
            </Text>
            <VerdictBadge verdict={verdict} untested={isUntested(image, build)} />
            <Hash sha256={sha256} of={name} />
          </Group>
        </Box>
        {removedAt === undefined ? (
          <Group gap="xs">
            <Button
              component="a"
              href={contentPath(id)}
              download={name}
              variant={first ? 'filled' : 'default'}
              leftSection={<IconDownload size={16} aria-hidden />}
              aria-label={`Download ${name}`}
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
        ) : (
          <Text size="sm" c="dimmed">
            Removed to free disk space. Build again to get it back.
          </Text>
        )}
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
