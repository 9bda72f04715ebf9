/** An image, booted by hand: its serial console in the browser, until it is closed or its time is up. */
import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { IconArrowLeft, IconPlugConnectedX, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import type { ArtifactOfBuild } from '../../../model/artifact.ts';
import { client } from '../../api.ts';
import { AnchorLink } from '../../parts/anchor.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { Accounts } from './accounts.tsx';
import type { ConsoleState } from './connect.ts';
import { namesWithPassword } from './names-with-password.ts';
import { SerialConsole } from './serial-console.tsx';
import { useStartedBefore } from './started-before.ts';
import { TimeLimit } from './time-limit.tsx';

export function Console() {
  const { id } = useParams({ from: '/artifacts/$id/console' });
  const artifact = useQuery({
    queryKey: ['artifact', id],
    queryFn: ({ signal }) => client.artifacts.get(id, signal),
  });
  const { data } = artifact;
  const status = <QueryStatus query={artifact} />;
  if (!data) return <Page title="Console">{status}</Page>;
  return (
    <Page
      title={`Console of ${data.name}`}
      about="A temporary VM. Disk changes are discarded when you leave; it has no internet access."
      actions={
        <AnchorLink to="/builds/$id" params={{ id: data.buildId }} search={{ tab: 'artifacts' }}>
          <Group gap={4} wrap="nowrap">
            <IconArrowLeft size={16} aria-hidden /> Back to the build
          </Group>
        </AnchorLink>
      }
    >
      <Stack gap="sm">
        {status}
        <WithAccounts key={id} artifact={data} />
      </Stack>
    </Page>
  );
}

type MachineState = ConsoleState | { phase: 'left' };

/** Waits for who has a password: where nobody has, root is logged in. Where it is not known, the guest asks. */
function WithAccounts({ artifact }: { artifact: ArtifactOfBuild }) {
  const { buildId } = artifact;
  const { data, isPending } = useQuery({
    queryKey: ['build', buildId, 'inputs'],
    queryFn: ({ signal }) => client.builds.inputs(buildId, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (isPending) return <Status state={{ phase: 'starting' }} />;
  return <Machine artifact={artifact} names={data && namesWithPassword(data.definition)} />;
}

interface MachineProps {
  artifact: ArtifactOfBuild;
  /** The users who have a password; undefined: it is not known. */
  names: readonly string[] | undefined;
}

function Machine({ artifact, names }: MachineProps) {
  // Whoever loads the page again has lost the machine, and may not want another one.
  const lost = useStartedBefore(artifact.id);
  const [boots, setBoots] = useState(lost ? 0 : 1);
  const [wanted, setWanted] = useState(true);
  const [rootIn, setRootIn] = useState(names?.length === 0);
  const [state, setState] = useState<MachineState>(lost ? { phase: 'left' } : { phase: 'starting' });
  const [openedAtMs, setOpenedAtMs] = useState(0);
  const onState = useCallback((next: ConsoleState) => {
    if (next.phase === 'open') setOpenedAtMs(Date.now());
    setState(next);
  }, []);
  const start = (asRoot: boolean) => {
    setRootIn(asRoot);
    setState({ phase: 'starting' });
    setBoots((count) => count + 1);
    setWanted(true);
  };
  const running = state.phase === 'open' || state.phase === 'starting';
  return (
    <>
      <Group justify="space-between" gap="sm">
        <Group gap="md">
          <Status state={state} />
          {state.phase === 'open' && <TimeLimit fromMs={openedAtMs} />}
          {(names || rootIn) && <Accounts names={names ?? []} rootIn={rootIn} />}
        </Group>
        {running ? (
          <Button
            size="xs"
            color="red"
            variant="light"
            leftSection={<IconPlugConnectedX size={16} aria-hidden />}
            onClick={() => setWanted(false)}
          >
            Power off
          </Button>
        ) : (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => start(!rootIn)}>
              {rootIn ? 'Boot to the log-in prompt' : 'Boot, logged in as root'}
            </Button>
            <Button size="xs" leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => start(rootIn)}>
              {boots === 0 ? 'Boot' : 'Boot again'}
            </Button>
          </Group>
        )}
      </Group>
      {boots > 0 && (
        <SerialConsole key={boots} artifactId={artifact.id} rootIn={rootIn} on={wanted} onState={onState} />
      )}
    </>
  );
}

function Status({ state }: { state: MachineState }) {
  switch (state.phase) {
    case 'left':
      return (
        <Alert color="gray" variant="light" role="status" py="xs">
          The VM was powered off when this page was reloaded.
        </Alert>
      );
    case 'starting':
      return (
        <Group gap="xs" role="status">
          <Loader size="xs" aria-hidden />
          <Text size="sm">Starting the VM…</Text>
        </Group>
      );
    case 'open':
      return (
        <Text size="sm" role="status">
          Running. Click the console to type.
        </Text>
      );
    case 'refused':
      return <ErrorNotice error={state.error} />;
    case 'ended':
      return (
        <Alert color="gray" variant="light" role="status" py="xs">
          {state.why}
        </Alert>
      );
  }
}
