/** An image, booted by hand: its serial console in the browser, until it is closed or its time is over. */
import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { IconPlugConnectedX, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../api.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import type { ConsoleState } from './connect.ts';
import { SerialConsole } from './serial-console.tsx';

export function Console() {
  const { id } = useParams({ from: '/artifacts/$id/console' });
  const artifact = useQuery({
    queryKey: ['artifact', id],
    queryFn: ({ signal }) => client.artifacts.get(id, signal),
  });
  const [boots, setBoots] = useState(1);
  const [wanted, setWanted] = useState(true);
  const [state, setState] = useState<ConsoleState>({ phase: 'starting' });
  const again = () => {
    setState({ phase: 'starting' });
    setBoots((count) => count + 1);
    setWanted(true);
  };
  const status = <QueryStatus query={artifact} />;
  if (artifact.error && !artifact.data) return <Page title="Console">{status}</Page>;
  const running = state.phase === 'open' || state.phase === 'starting';
  return (
    <Page
      title={artifact.data ? `Console of ${artifact.data.name}` : 'Console'}
      about="A temporary VM. Disk changes are discarded when you leave; it has no internet access."
      actions={
        running ? (
          <Button
            color="red"
            variant="light"
            leftSection={<IconPlugConnectedX size={16} aria-hidden />}
            onClick={() => setWanted(false)}
          >
            Power off
          </Button>
        ) : (
          <Button leftSection={<IconRefresh size={16} aria-hidden />} onClick={again}>
            Boot again
          </Button>
        )
      }
    >
      <Stack gap="sm">
        {artifact.data && status}
        <Status state={state} />
        <SerialConsole key={boots} artifactId={id} on={wanted} onState={setState} />
      </Stack>
    </Page>
  );
}

function Status({ state }: { state: ConsoleState }) {
  switch (state.phase) {
    case 'starting':
      return (
        <Group gap="xs" role="status">
          <Loader size="xs" aria-hidden />
          <Text size="sm">Starting the machine…</Text>
        </Group>
      );
    case 'open':
      return (
        <Text size="sm" c="dimmed" role="status">
          Running. Click the console to type.
        </Text>
      );
    case 'refused':
      return <ErrorNotice error={state.error} />;
    case 'ended':
      return (
        <Alert color="gray" variant="light" role="status">
          {state.why}
        </Alert>
      );
  }
}
