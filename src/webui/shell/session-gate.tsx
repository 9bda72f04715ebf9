/** Shows the pages to who has signed in. When a session ends, they stay as they are under the sign-in. */
import { Center, Group, Modal, Paper, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { refusalOfLink, sessionQuery } from '../api.ts';
import { ErrorNotice } from '../parts/error-notice.tsx';
import { SignIn } from './sign-in.tsx';

export function SessionGate({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useQuery(sessionQuery);
  const [entered, setEntered] = useState(false);
  const signedIn = data?.signedIn;
  useEffect(() => {
    if (signedIn) setEntered(true);
  }, [signedIn]);
  if (signedIn === undefined)
    return (
      error && (
        <Alone>
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        </Alone>
      )
    );
  if (!signedIn && !entered)
    return (
      <Alone>
        <Group gap="sm" mb="md" wrap="nowrap">
          <img src="/icon.svg" width={32} height={32} alt="" />
          <Title order={1} size="h2">
            Sign in to LDF
          </Title>
        </Group>
        <SignIn refusal={refusalOfLink()} />
      </Alone>
    );
  return (
    <>
      {children}
      <Modal
        opened={!signedIn}
        onClose={() => undefined}
        title="Your session has ended: sign in again"
        centered
        size="md"
        zIndex={1000}
        withCloseButton={false}
        closeOnClickOutside={false}
        closeOnEscape={false}
        overlayProps={{ blur: 3 }}
      >
        <Text size="sm" mb="md">
          This page stays as it is, with what you have typed.
        </Text>
        <SignIn />
      </Modal>
    </>
  );
}

function Alone({ children }: { children: ReactNode }) {
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p={{ base: 'md', sm: 'xl' }} w="100%" maw={480}>
        {children}
      </Paper>
    </Center>
  );
}
