/** What one came for: the images of the newest build that succeeded, with the three things one does with them. */
import { ActionIcon, Badge, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload, IconPower } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { formatBytes } from '../../../amounts.ts';
import type { Artifact } from '../../../model/artifact.ts';
import type { Build } from '../../../model/build.ts';
import { buildQuery } from '../../api.ts';
import { AnchorLink, ButtonLink } from '../../parts/anchor.tsx';
import { Hash } from '../../parts/hash.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { shortId } from '../../parts/reason.tsx';
import { Ago } from '../../parts/time.tsx';
import { TitledCard } from '../../parts/titled-card.tsx';
import { VerdictBadge } from '../../parts/verdict.tsx';
import { contentPath } from '../build/outputs/content.ts';
import { accounts, accountWords } from './glance.ts';
import { inputsQuery } from './inputs-query.ts';
import { commandLines } from './run-lines.ts';

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
  const images = build.artifacts.filter(({ kind }) => kind === 'image');
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        Version {build.version}, from{' '}
        <AnchorLink to="/builds/$id" params={{ id: build.id }} inherit>
          build {shortId(build.id)}
        </AnchorLink>
        , <Ago time={build.endedAt ?? build.createdAt} />. Its{' '}
        <AnchorLink to="/builds/$id" params={{ id: build.id }} search={{ tab: 'artifacts' }} inherit>
          other files
        </AnchorLink>{' '}
        are the bill of materials, checksums and logs.
      </Text>
      {images.map((image) => (
        <ImageBlock key={image.id} image={image} arch={build.arch} />
      ))}
      <Accounts build={build} />
    </Stack>
  );
}

function ImageBlock({ image, arch }: { image: Artifact; arch: Build['arch'] }) {
  const { id, name, sizeBytes, sha256, bootable, removedAt } = image;
  return (
    <Stack gap={6} data-image={name}>
      <Group gap="xs">
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
        <Text size="sm" c="dimmed" title={`${sizeBytes.toLocaleString()} bytes`} style={{ whiteSpace: 'nowrap' }}>
          {formatBytes(sizeBytes)}
        </Text>
        <BootVerdict image={image} />
      </Group>
      <Group gap="xs">
        {removedAt === undefined ? (
          <Button
            component="a"
            href={contentPath(id)}
            download={name}
            size="xs"
            variant="light"
            leftSection={<IconDownload size={14} aria-hidden />}
            aria-label={`Download ${name}`}
          >
            Download
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            Removed to free disk space. Build again to get it back.
          </Text>
        )}
        {bootable && removedAt === undefined && (
          <ButtonLink
            to="/artifacts/$id/console"
            params={{ id }}
            size="xs"
            variant="default"
            leftSection={<IconPower size={14} aria-hidden />}
          >
            Boot in browser
          </ButtonLink>
        )}
        <Group gap={4} wrap="nowrap">
          <Text size="xs" c="dimmed">
            SHA-256
          </Text>
          <Hash sha256={sha256} of={name} />
        </Group>
      </Group>
      {removedAt === undefined &&
        commandLines(image, arch).map(({ label, command }) => <Copyable key={label} label={label} command={command} />)}
    </Stack>
  );
}

function BootVerdict({ image: { verdict, bootable } }: { image: Artifact }) {
  if (verdict) return <VerdictBadge verdict={verdict} />;
  if (!bootable) return null;
  return (
    <Badge color="yellow" variant="light" tt="none" title="This build was made without a boot test.">
      not boot-tested
    </Badge>
  );
}

/** One line that scrolls by itself, so that a phone shows it too. */
function Copyable({ label, command }: { label: string; command: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Group gap={4} wrap="nowrap">
        <Code style={{ overflowX: 'auto', whiteSpace: 'nowrap', minWidth: 0, flex: '1 1 auto' }} tabIndex={0}>
          {command}
        </Code>
        <CopyButton value={command}>
          {({ copied, copy }) => (
            <ActionIcon
              variant="subtle"
              color={copied ? 'green' : 'gray'}
              onClick={copy}
              aria-label={copied ? 'Copied' : `Copy: ${label}`}
            >
              {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            </ActionIcon>
          )}
        </CopyButton>
      </Group>
    </div>
  );
}

/** Of the definition as it was built: the one of today may say otherwise. */
function Accounts({ build }: { build: Build }) {
  const { data } = useQuery(inputsQuery(build));
  if (!data) return null;
  const known = accounts(data.definition);
  if (known.length === 0)
    return (
      <Text size="sm">
        <Badge color="yellow" variant="light" tt="none" component="span">
          Nobody can log in
        </Badge>{' '}
        No user has a password or an SSH key, and root is locked.
      </Text>
    );
  return <Text size="sm">Log in as {known.map(accountWords).join(' or ')}.</Text>;
}
