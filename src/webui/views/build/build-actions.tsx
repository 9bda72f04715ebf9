/** What can be done with a build in the state that it is in. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconEqual, IconTrash } from '@tabler/icons-react';
import type { Client } from '../../../client/client.ts';
import type { Build } from '../../../model/build.ts';
import { unfinished } from '../../api.ts';
import { CopySubmenu, type NamedAction } from '../../parts/copy-as.tsx';
import { CancelButton } from './actions/cancel-button.tsx';
import { NotifyButton } from './actions/notify-button.tsx';
import { canRetry, RetryButton } from './actions/retry-button.tsx';
import { useDelete } from './actions/use-delete.tsx';
import { canVerify, useVerify } from './actions/use-verify.tsx';

export function BuildActions({ build }: { build: Build }) {
  const running = unfinished(build);
  return (
    <>
      {running && <NotifyButton build={build} />}
      {running && <CancelButton build={build} />}
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
        <CopySubmenu actions={copied(build)} />
        {canVerify(build) && (
          <Menu.Item leftSection={<IconEqual size={16} aria-hidden />} onClick={verify.ask}>
            Build again and compare
          </Menu.Item>
        )}
        {!unfinished(build) && (
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={remove.ask}>
            Delete this build
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What can be done with it, for a shell. */
function copied(build: Build): NamedAction[] {
  const { id, artifacts } = build;
  const follow: NamedAction = {
    of: 'Log',
    command: ['logs', id],
    request: (recorder) => recorder.builds.logPage(id),
  };
  if (unfinished(build))
    return [follow, { of: 'Cancel', command: ['cancel', id], request: (recorder) => recorder.builds.cancel(id) }];
  return [
    follow,
    ...(artifacts.some(({ removedAt }) => removedAt === undefined)
      ? [{ of: 'Download', command: ['download', id] }]
      : []),
    ...(canRetry(build)
      ? [{ of: 'Retry', command: ['retry', id], request: (recorder: Client) => recorder.builds.retry(id) }]
      : []),
    ...(canVerify(build)
      ? [{ of: 'Verify', command: ['verify', id], request: (recorder: Client) => recorder.builds.verify(id) }]
      : []),
    { of: 'Delete', command: ['delete', id], request: (recorder) => recorder.builds.remove(id) },
  ];
}
