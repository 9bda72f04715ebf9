/** Garbage collection by hand: first what would go and why, then the button. */
import { Alert, Button, Group, Modal, NumberInput, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatBytes } from '../../../amounts.ts';
import type { GcReport } from '../../../model/disk.ts';
import { client, queryClient } from '../../api.ts';
import { CopyAs } from '../../parts/copy-as.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { QueryStatus } from '../../parts/query-status.tsx';
import { Ago } from '../../parts/time.tsx';

const gibibyte = 2 ** 30;
const pauseMs = 400;

export function CleanUpDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Clean up" size="xl" closeButtonProps={{ 'aria-label': 'Close' }}>
      {opened && <CleanUp onClose={onClose} />}
    </Modal>
  );
}

function CleanUp({ onClose }: { onClose: () => void }) {
  const [gibibytes, setGibibytes] = useState(0);
  const [wanted] = useDebouncedValue(gibibytes, pauseMs);
  const freeBytes = Math.round(wanted * gibibyte);
  const preview = useQuery({
    queryKey: ['gc', freeBytes],
    queryFn: ({ signal }) => client.gc({ dryRun: true, freeBytes }, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const removal = useMutation({
    mutationFn: () => client.gc({ freeBytes }),
    onSuccess: async ({ freedBytes }) => {
      notifications.show({
        title: 'Cleaned up',
        message: `${formatBytes(freedBytes)} freed.`,
        color: 'green',
      });
      onClose();
      await queryClient.invalidateQueries();
    },
  });
  const { data } = preview;
  return (
    <Stack gap="md">
      <NumberInput
        label="Free at least, in GiB"
        description="0 removes only what exceeds the budget or uses up the reserve. Files that builds need are never removed."
        value={gibibytes}
        onChange={(value) => setGibibytes(Number(value) || 0)}
        min={0}
        decimalScale={1}
        maw={420}
      />
      <QueryStatus query={preview} />
      {data && <Preview found={data} />}
      {removal.error && <ErrorNotice error={removal.error} />}
      <Group justify="flex-end" gap="sm">
        <CopyAs
          command={['gc', ...(wanted > 0 ? ['--free', `${wanted}G`] : [])]}
          request={(recorder) => recorder.gc({ freeBytes })}
        />
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button
          color="red"
          disabled={!data || data.removed.length === 0 || preview.isPlaceholderData}
          loading={removal.isPending}
          onClick={() => removal.mutate()}
        >
          Remove {data && data.removed.length > 0 ? `${data.removed.length}, ${formatBytes(data.freedBytes)}` : ''}
        </Button>
      </Group>
    </Stack>
  );
}

function Preview({ found }: { found: GcReport }) {
  return (
    <Stack gap="sm">
      {found.removed.length === 0 ? (
        <Text>Nothing to clean up.</Text>
      ) : (
        <ScrollArea.Autosize mah="40vh" tabIndex={0}>
          <Table striped aria-label="To be removed">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>What</Table.Th>
                <Table.Th>Size</Table.Th>
                <Table.Th>Last used</Table.Th>
                <Table.Th>Why</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.removed.map(({ kind, name, sizeBytes, lastUsedAt, why }) => (
                <Table.Tr key={`${kind} ${name}`}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    {kind} {name}
                  </Table.Td>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{formatBytes(sizeBytes)}</Table.Td>
                  <Table.Td>
                    <Ago time={lastUsedAt} />
                  </Table.Td>
                  <Table.Td>{why}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      )}
      {found.freedBytes < found.wantedBytes && (
        <Alert color="orange" variant="light">
          {formatBytes(found.wantedBytes)} are wanted, and no more than {formatBytes(found.freedBytes)} can go.
        </Alert>
      )}
      {found.kept.map(({ kind, why, count, sizeBytes }) => (
        <Text key={`${kind} ${why}`} size="sm" c="dimmed">
          Kept: {count} {count === 1 ? kind : `${kind}s`}, {formatBytes(sizeBytes)} ({why})
        </Text>
      ))}
    </Stack>
  );
}
