/** What can be done with a build in the state that it is in. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconEqual, IconTrash } from '@tabler/icons-react';
import type { Build } from '../../../model/build.ts';
import { unfinished } from '../../api.ts';
import { CancelButton } from './actions/cancel-button.tsx';
import { canRetry, RetryButton } from './actions/retry-button.tsx';
import { useDelete } from './actions/use-delete.tsx';
import { canVerify, useVerify } from './actions/use-verify.tsx';

export function BuildActions({ build }: { build: Build }) {
  if (unfinished(build)) return <CancelButton build={build} />;
  return (
    <>
      {canRetry(build) && <RetryButton build={build} />}
      <MoreActions build={build} />
    </>
  );
}

function MoreActions({ build }: { build: Build }) {
  const verify = useVerify(build);
  const remove = useDelete(build);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="More actions" loading={verify.busy || remove.busy}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {canVerify(build) && (
          <Menu.Item leftSection={<IconEqual size={16} aria-hidden />} onClick={verify.ask}>
            Build again and compare
          </Menu.Item>
        )}
        <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={remove.ask}>
          Delete this build
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
