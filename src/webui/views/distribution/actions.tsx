/** What can be done with a distribution: building it stands out. Deleting it says what is lost and what stays. */
import { ActionIcon, Button, Group, Menu, type MenuItemProps, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCopy, IconDots, IconDownload, IconHammer, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { createLink, useNavigate } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, forwardRef } from 'react';
import type { Distribution } from '../../../model/distribution.ts';
import { client, distributionsQuery, queryClient } from '../../api.ts';
import { ButtonLink } from '../../parts/anchor.tsx';
import { CopySubmenu } from '../../parts/copy-as.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { usePageAction } from '../../shell/page-actions.ts';
import { exportDefinition } from '../distribution-form/export.ts';

const icon = { size: 16, 'aria-hidden': true } as const;

const MenuLink = createLink(
  forwardRef<HTMLAnchorElement, MenuItemProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof MenuItemProps>>(
    (props, ref) => <Menu.Item component="a" ref={ref} {...props} />,
  ),
);

export function Actions({ distribution, onBuild }: { distribution: Distribution; onBuild: () => void }) {
  const { id, name } = distribution;
  const navigate = useNavigate();
  const [deleting, { open, close }] = useDisclosure();
  usePageAction(`Build ${name}…`, 'b', onBuild);
  usePageAction(`Edit ${name}`, 'e', () => void navigate({ to: '/distributions/$id/edit', params: { id } }));
  return (
    <>
      <Button leftSection={<IconHammer {...icon} />} onClick={onBuild}>
        Build
      </Button>
      <ButtonLink to="/distributions/$id/edit" params={{ id }} variant="default" leftSection={<IconPencil {...icon} />}>
        Edit
      </ButtonLink>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDots {...icon} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuLink to="/distributions/new" search={{ from: id }} leftSection={<IconCopy {...icon} />}>
            Duplicate
          </MenuLink>
          <Menu.Item
            leftSection={<IconDownload {...icon} />}
            onClick={() => void exportDefinition(distribution.definition)}
          >
            Export
          </Menu.Item>
          <Menu.Divider />
          <CopySubmenu
            actions={[
              {
                of: 'Build',
                command: ['build', name],
                request: (recorder) => recorder.distributions.build(id),
              },
              {
                of: 'Show',
                command: ['distributions', 'show', name],
                request: (recorder) => recorder.distributions.get(id),
              },
              {
                of: 'Update versions',
                request: (recorder) => recorder.distributions.lock(id, { update: true }),
              },
              {
                of: 'Delete',
                command: ['distributions', 'delete', name],
                request: (recorder) => recorder.distributions.remove(id),
              },
            ]}
          />
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash {...icon} />} onClick={open}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <DeleteDialog distribution={distribution} opened={deleting} onClose={close} />
    </>
  );
}

interface DeleteProps {
  distribution: Distribution;
  opened: boolean;
  onClose: () => void;
}

function DeleteDialog({ distribution, opened, onClose }: DeleteProps) {
  const { id, name, locks } = distribution;
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => client.distributions.remove(id),
    onSuccess: async () => {
      // The list that comes next has it no more.
      queryClient.setQueryData(
        distributionsQuery.queryKey,
        (page) => page && { ...page, items: page.items.filter((one) => one.id !== id) },
      );
      await navigate({ to: '/distributions', replace: true });
      queryClient.removeQueries({ queryKey: ['distributions', id] });
      await queryClient.invalidateQueries({ queryKey: ['distributions'] });
    },
  });
  const locked = Object.keys(locks);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<Text fw={650}>Delete {name}?</Text>}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Text size="sm" mb="xs">
        This permanently deletes the definition{locked.length > 0 && ` and its pinned versions (${locked.join(', ')})`}.
        Export it first if you may want it back.
      </Text>
      <Text size="sm" mb="md">
        Its builds stay, with their logs and artifacts. A running build continues.
      </Text>
      {remove.error && <ErrorNotice error={remove.error} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          Delete {name}
        </Button>
      </Group>
    </Modal>
  );
}
