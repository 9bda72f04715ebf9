/** The machine under the builds: Docker, the queue, the disk, and what keeps builds from running. */
import { Alert, Anchor, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { formatBytes } from '../../../amounts.ts';
import type { SystemStatus } from '../../../model/system.ts';
import { systemQuery } from '../../api.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { TitledCard } from '../../parts/titled-card.tsx';
import { DiskCard } from './disk-card.tsx';
import { Facts } from './facts.tsx';

export function System() {
  const query = useQuery(systemQuery);
  const { data } = query;
  return (
    <Page title="System" about={data && `LDF ${data.version}, with its data in ${data.dataDir}`}>
      <QueryStatus query={query} />
      {data && (
        <Stack gap="md">
          <Problems problems={data.problems} />
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <DockerCard docker={data.docker} />
            <QueueCard queue={data.queue} />
          </SimpleGrid>
          <DiskCard disk={data.disk} />
          <ReferenceCard />
        </Stack>
      )}
    </Page>
  );
}

function Problems({ problems }: Pick<SystemStatus, 'problems'>) {
  if (problems.length === 0) return null;
  return (
    <Alert color="orange" variant="light" icon={<IconAlertTriangle aria-hidden />} title="Builds can't run yet">
      <Stack gap="xs">
        {problems.map(({ message, hint }) => (
          <Text key={message} size="sm">
            {message} <b>{hint}</b>
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}

function DockerCard({ docker }: Pick<SystemStatus, 'docker'>) {
  return (
    <TitledCard title="Docker">
      <Facts
        facts={{
          State: docker.reachable ? 'Connected' : 'Not connected',
          Version: docker.version,
          CPUs: docker.cpus,
          Memory: docker.memoryBytes === null ? null : formatBytes(docker.memoryBytes),
          Builds: docker.architecture && `${docker.architecture}; other architectures need another machine`,
          'Boot tests': docker.reachable ? bootTests(docker) : null,
        }}
      />
    </TitledCard>
  );
}

function bootTests({ kvm }: SystemStatus['docker']): string {
  if (kvm === null) return 'QEMU; the first one will tell whether KVM is available';
  return kvm ? 'QEMU with KVM' : 'QEMU, emulating the processor: the machine has no /dev/kvm';
}

function QueueCard({ queue }: Pick<SystemStatus, 'queue'>) {
  return (
    <TitledCard title="Queue">
      <Facts facts={{ Running: queue.running, Waiting: queue.queued }} />
      <AnchorLink to="/builds" size="sm">
        All builds
      </AnchorLink>
    </TitledCard>
  );
}

function ReferenceCard() {
  return (
    <TitledCard title="API">
      <Text size="sm" c="dimmed">
        Everything in this web UI is also available to scripts.
      </Text>
      <Group gap="md">
        <AnchorLink to="/docs" size="sm">
          Reference
        </AnchorLink>
        <Anchor href="/openapi.json" size="sm">
          OpenAPI document
        </Anchor>
        <Anchor href="/metrics" size="sm">
          Metrics
        </Anchor>
      </Group>
    </TitledCard>
  );
}
