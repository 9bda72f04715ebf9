/** Two ways in: the link that `ldf open` prints, and the token itself. */
import { Button, Code, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { signIn } from '../api.ts';
import { ErrorNotice } from '../parts/error-notice.tsx';

/** @param refusal why the link did not work that led here */
export function SignIn({ refusal }: { refusal?: Error | undefined }) {
  const [token, setToken] = useState('');
  const { mutate, isPending, error } = useMutation({ mutationFn: signIn });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate(token.trim());
  };
  const shown = error ?? refusal;
  return (
    <Stack gap="md">
      {shown && <ErrorNotice error={shown} />}
      <Text size="sm">
        On the machine where the server runs, <Code>ldf open</Code> prints a link. Opened in this browser, it signs you
        in.
      </Text>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <PasswordInput
            label="Token"
            description={
              <>
                Or paste here what <Code>ldf token</Code> prints there.
              </>
            }
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            autoComplete="current-password"
            spellCheck={false}
            data-autofocus
          />
          <Button type="submit" loading={isPending} disabled={token.trim() === ''}>
            Sign in
          </Button>
        </Stack>
      </form>
    </Stack>
  );
}
