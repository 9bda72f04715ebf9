/** The review of an update: what would change, which parts of it to take, and the build that follows. */
import { Badge, Button, Checkbox, Group, Modal, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { formatCount } from '../../../amounts.ts';
import type { Architecture } from '../../../definition/definition.ts';
import type { Distribution } from '../../../model/distribution.ts';
import type { LockChange, LockGroup } from '../../../model/lock.ts';
import { client, queryClient, refreshLists } from '../../api.ts';
import { ErrorNotice, notifyError } from '../../parts/error-notice.tsx';
import { newKey } from '../distribution-build/build-options.ts';
import { changedGroups, groupTitles, inOrder, unreviewed, updateWords } from './updates.ts';

interface UpdateDialogProps {
  distribution: Distribution;
  arch: Architecture;
  changes: readonly LockChange[];
  opened: boolean;
  onClose: () => void;
}

export function UpdateDialog(props: UpdateDialogProps) {
  const { distribution, opened, onClose } = props;
  const narrow = useMediaQuery('(max-width: 48em)') ?? false;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<Text fw={650}>Update {distribution.name}</Text>}
      size="xl"
      fullScreen={narrow}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Review {...props} />
    </Modal>
  );
}

function Review({ distribution, arch, changes, onClose }: UpdateDialogProps) {
  const groups = changedGroups(changes);
  const [chosen, setChosen] = useState<readonly LockGroup[]>(groups);
  const taken = changes.filter(({ group }) => chosen.includes(group));
  const update = useUpdate({ distribution, arch, reviewed: changes, groups: chosen, onClose });
  return (
    <Stack gap="md">
      {groups.length > 1 && (
        <Group gap="lg">
          {groups.map((group) => (
            <Checkbox
              key={group}
              label={`${groupTitles[group]} (${changes.filter((change) => change.group === group).length})`}
              checked={chosen.includes(group)}
              onChange={({ currentTarget: { checked } }) =>
                setChosen(groups.filter((one) => (one === group ? checked : chosen.includes(one))))
              }
            />
          ))}
        </Group>
      )}
      <ScrollArea.Autosize mah="50dvh" type="auto" tabIndex={0}>
        <ChangeTable changes={inOrder(taken)} />
      </ScrollArea.Autosize>
      {update.error && <ErrorNotice error={update.error} />}
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" role="status">
          {update.isPending ? 'Updating. This takes up to a minute.' : updateWords(taken)}
        </Text>
        <Group gap="sm">
          <Button
            variant="default"
            disabled={taken.length === 0 || update.isPending}
            onClick={() => update.mutate({ build: false })}
          >
            Update
          </Button>
          <Button
            disabled={taken.length === 0}
            loading={update.isPending}
            onClick={() => update.mutate({ build: true })}
          >
            Update and build
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

function ChangeTable({ changes }: { changes: readonly LockChange[] }) {
  return (
    <Table verticalSpacing={4} fz="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Package</Table.Th>
          <Table.Th>Pinned</Table.Th>
          <Table.Th>Newest</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map(({ group, name, from, to, security }) => (
          <Table.Tr key={`${group} ${name}`}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              {name}{' '}
              {security && (
                <Badge size="xs" color="red" variant="light" tt="none">
                  security
                </Badge>
              )}
            </Table.Td>
            <Version text={from} otherwise="new" />
            <Version text={to} otherwise="removed" />
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Version({ text, otherwise }: { text: string | null; otherwise: string }) {
  return (
    <Table.Td c={text === null ? 'dimmed' : 'inherit'} style={{ overflowWrap: 'anywhere' }}>
      {text ?? otherwise}
    </Table.Td>
  );
}

interface Update extends Pick<UpdateDialogProps, 'distribution' | 'arch' | 'onClose'> {
  reviewed: readonly LockChange[];
  groups: readonly LockGroup[];
}

/** Archives move on: what is stored is what they have now, and what was not in the review is told. */
function useUpdate({ distribution: { id, name }, arch, reviewed, groups, onClose }: Update) {
  const navigate = useNavigate();
  const [key] = useState(newKey);
  return useMutation({
    mutationFn: (_wanted: { build: boolean }) =>
      client.distributions.lock(id, { arch, update: true, groups: [...groups] }),
    onSuccess: async ({ changes }, wanted) => {
      const more = unreviewed(changes, reviewed);
      const names = more.map((change) => change.name).join(', ');
      notifications.show({
        title: `${name} is updated`,
        message: `${formatCount(changes.length, 'version')} changed.${more.length > 0 ? ` Not in the review, as the archives have changed since: ${names}.` : ''}`,
      });
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['distributions', id] });
      if (!wanted.build) return;
      try {
        const build = await client.distributions.build(id, { arch }, key);
        queryClient.setQueryData(['build', build.id], build);
        refreshLists();
        await navigate({ to: '/builds/$id', params: { id: build.id } });
      } catch (error) {
        // The review has closed: what was updated is no longer what it showed.
        notifyError(error);
      }
    },
  });
}
