/** Who can log in at the console. */
import { Code, Text } from '@mantine/core';
import { Fragment } from 'react';

interface AccountsProps {
  /** The users who have a password. */
  names: readonly string[];
  /** Root was logged in when the machine was booted. */
  rootIn: boolean;
}

export function Accounts({ names, rootIn }: AccountsProps) {
  if (rootIn)
    return (
      <Text size="sm" c="dimmed">
        Logs in as <Code>root</Code> by itself, on this VM only
        {names.length === 0 && ': no account of the image has a password'}.
      </Text>
    );
  if (names.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No account has a password: nobody can log in here.
      </Text>
    );
  return (
    <Text size="sm" c="dimmed">
      Log in as{' '}
      {names.map((name, index) => (
        <Fragment key={name}>
          {index > 0 && ' or '}
          <Code>{name}</Code>
        </Fragment>
      ))}
    </Text>
  );
}
