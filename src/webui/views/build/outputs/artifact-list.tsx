/** What a build left: files to take home, each with its size, hash and verdict. */
import { Anchor, Button, Card, Group, Image, Stack, Table, Text, Tooltip } from '@mantine/core';
import { IconDownload, IconPower, IconTerminal2 } from '@tabler/icons-react';
import { formatBytes } from '../../../../amounts.ts';
import type { Artifact } from '../../../../model/artifact.ts';
import type { Build } from '../../../../model/build.ts';
import { unfinished } from '../../../api.ts';
import { ButtonLink } from '../../../parts/anchor.tsx';
import { Hash } from '../../../parts/hash.tsx';
import { Ago } from '../../../parts/time.tsx';
import { VerdictBadge } from '../../../parts/verdict.tsx';
import { canBoot, isUntested } from '../../image/can-boot.ts';
import { contentPath } from './content.ts';
import { listed, signatureOf } from './signatures.ts';

interface ArtifactListProps {
  build: Build;
  onReplay: (consoleId: string) => void;
}

export function ArtifactList({ build, onReplay }: ArtifactListProps) {
  if (build.artifacts.length === 0) return <NoArtifacts build={build} />;
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>File</Table.Th>
            <Table.Th w={100}>Size</Table.Th>
            <Table.Th w={190}>SHA-256</Table.Th>
            <Table.Th w={330}>Boot test</Table.Th>
            <Table.Th w={130} aria-label="Download" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {listed(build.artifacts).map((artifact) => (
            <Table.Tr key={artifact.id} data-artifact={artifact.name}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {artifact.name}
                <Text size="xs" c="dimmed">
                  {artifact.format}
                  <Signed artifact={artifact} all={build.artifacts} />
                </Text>
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }} title={`${artifact.sizeBytes.toLocaleString()} bytes`}>
                {formatBytes(artifact.sizeBytes)}
              </Table.Td>
              <Table.Td>
                <Hash sha256={artifact.sha256} of={artifact.name} />
              </Table.Td>
              <Table.Td>
                <BootTest artifact={artifact} build={build} onReplay={onReplay} />
              </Table.Td>
              <Table.Td ta="right">
                <Download artifact={artifact} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Whether there is a signature of a file; it is downloaded from here. */
function Signed({ artifact: { name, kind }, all }: { artifact: Artifact; all: readonly Artifact[] }) {
  if (kind === 'signature') return ', signed in itself';
  const signature = signatureOf(name, all);
  if (!signature) return ', not signed';
  return (
    <>
      {', '}
      <Anchor href={contentPath(signature.id)} download={signature.name} inherit>
        signed
      </Anchor>
    </>
  );
}

function NoArtifacts({ build }: { build: Build }) {
  return (
    <Card withBorder padding="lg">
      <Stack gap={4}>
        <Text fw={600}>There are no artifacts{unfinished(build) ? ' yet' : ''}</Text>
        <Text size="sm" c="dimmed">
          {unfinished(build)
            ? 'Images appear here as soon as they are made.'
            : 'The build ended before it made an image. Fix what went wrong and retry it.'}
        </Text>
      </Stack>
    </Card>
  );
}

interface BootTestProps {
  artifact: Artifact;
  build: Build;
  onReplay: (id: string) => void;
}

function BootTest({ artifact, build, onReplay }: BootTestProps) {
  const { id, name, verdict } = artifact;
  const recorded = verdict?.console ?? null;
  const screen = verdict?.screen;
  return (
    <Group gap={4}>
      <VerdictBadge verdict={verdict} untested={isUntested(artifact, build)} />
      {recorded !== null && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconTerminal2 size={14} aria-hidden />}
          aria-label={`Replay the console of ${name}`}
          onClick={() => onReplay(recorded)}
        >
          Replay
        </Button>
      )}
      {canBoot(artifact, build) && (
        <ButtonLink
          to="/artifacts/$id/console"
          params={{ id }}
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPower size={14} aria-hidden />}
        >
          Boot it
        </ButtonLink>
      )}
      {screen !== undefined && <Screen id={screen} of={name} />}
    </Group>
  );
}

/** What the screen showed when the verdict was reached; the whole picture opens by itself. */
function Screen({ id, of }: { id: string; of: string }) {
  return (
    <a href={contentPath(id)} target="_blank" rel="noreferrer">
      <Image
        src={contentPath(id)}
        alt={`The screen of ${of} at the end of its boot`}
        w={120}
        h={75}
        fit="contain"
        bg="black"
      />
    </a>
  );
}

function Download({ artifact: { id, name, removedAt } }: { artifact: Artifact }) {
  if (removedAt !== undefined)
    return (
      <Tooltip label="To make room. Run the build again from the stage that makes images to have it back.">
        <Text size="xs" c="dimmed" tabIndex={0}>
          removed <Ago time={removedAt} />
        </Text>
      </Tooltip>
    );
  return (
    <Button
      component="a"
      href={contentPath(id)}
      download={name}
      size="xs"
      variant="light"
      leftSection={<IconDownload size={16} aria-hidden />}
      aria-label={`Download ${name}`}
    >
      Download
    </Button>
  );
}
