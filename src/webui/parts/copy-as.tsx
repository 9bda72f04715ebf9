/** An action as it is done without this page: as a command of `ldf`, and as a request with curl. */
import { Button, Menu } from '@mantine/core';
import { IconTerminal2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Client } from '../../client/client.ts';
import { sessionQuery } from '../api.ts';
import { asCommand, asCurl, recordRequest } from './commands.ts';
import { copyText } from './copy-text.ts';

interface CopyAsProps {
  /** The words of the command behind `ldf`; undefined where it has none. */
  command?: readonly string[] | undefined;
  /** Sends what the action sends; undefined where one request does not do it. */
  request?: ((client: Client) => Promise<unknown>) | undefined;
}

export function CopyAs(props: CopyAsProps) {
  return (
    <Menu position="top-start">
      <Menu.Target>
        <Button variant="subtle" color="gray" leftSection={<IconTerminal2 size={16} aria-hidden />}>
          Copy as…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <CopyItems {...props} />
      </Menu.Dropdown>
    </Menu>
  );
}

export interface NamedAction extends CopyAsProps {
  /** What it is called, where several actions stand in one menu. */
  of: string;
}

/** The same for the actions of a menu, in a menu of their own. */
export function CopySubmenu({ actions }: { actions: readonly NamedAction[] }) {
  return (
    <Menu.Sub>
      <Menu.Sub.Target>
        <Menu.Sub.Item leftSection={<IconTerminal2 size={16} aria-hidden />}>Copy as…</Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown>
        {actions.map((action) => (
          <CopyItems key={action.of} {...action} />
        ))}
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}

function CopyItems({ command, request, of }: CopyAsProps & { of?: string }) {
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  const needsToken = data?.authentication !== 'none';
  const copyCurl = async (send: NonNullable<typeof request>) => {
    const recorded = await recordRequest(location.origin, send);
    if (recorded) await copyText(asCurl(recorded, needsToken), 'curl command');
  };
  const named = (form: string) => (of === undefined ? form : `${of}: ${form}`);
  const icon = <IconTerminal2 size={16} aria-hidden />;
  return (
    <>
      {command && (
        <Menu.Item leftSection={icon} onClick={() => void copyText(asCommand(command, location), 'command')}>
          {named('Command line')}
        </Menu.Item>
      )}
      {request && (
        <Menu.Item leftSection={icon} onClick={() => void copyCurl(request)}>
          {named('curl')}
        </Menu.Item>
      )}
    </>
  );
}
