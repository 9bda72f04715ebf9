/** A password that becomes a crypt(5) hash in the browser: it is sent nowhere, and the form keeps the hash alone. */
import { Box, Button, Group, Input, PasswordInput, Text } from '@mantine/core';
import { useState } from 'react';
import { notifyError } from '../../../parts/error-notice.tsx';
import { type FieldProps, useField } from '../form-context.ts';

const looksLikeHash = /^\$(y|gy|7|2[aby]|6|5|1)\$/;

export function PasswordField(props: FieldProps) {
  const field = useField(props);
  const [typed, setTyped] = useState('');
  const [hashing, setHashing] = useState(false);
  const hash = async () => {
    if (hashing || typed === '') return;
    setHashing(true);
    try {
      const { hashPassword } = await import('../sha512-crypt.ts');
      field.set(looksLikeHash.test(typed) ? typed : await hashPassword(typed));
      setTyped('');
    } catch (error) {
      notifyError(error);
    } finally {
      setHashing(false);
    }
  };
  const description = 'Hashed in this browser; only the hash is kept. A crypt(5) hash can be pasted as well.';
  if (field.value !== undefined)
    return (
      <Input.Wrapper labelElement="div" label={field.label} description={description} error={field.error}>
        <Group gap="xs" mt={6}>
          <Text size="sm">A password is set.</Text>
          <Button size="compact-xs" variant="default" onClick={() => field.set(undefined)}>
            Change or remove
          </Button>
        </Group>
      </Input.Wrapper>
    );
  return (
    <PasswordInput
      label={field.label}
      description={`${description} Without one, password log-in is off.`}
      error={field.error}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      // Who leaves the field with a password in it has set one.
      onBlur={() => void hash()}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        void hash();
      }}
      autoComplete="new-password"
      maw={480}
      inputContainer={(input) => (
        <Group gap="xs" wrap="nowrap">
          <Box flex={1}>{input}</Box>
          <Button variant="light" onClick={() => void hash()} disabled={typed === ''} loading={hashing}>
            Set password
          </Button>
        </Group>
      )}
    />
  );
}
