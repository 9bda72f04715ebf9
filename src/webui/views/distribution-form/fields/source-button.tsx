/** Sends a file that the user chooses to the source store; the definition names it by its sha256. */
import { Button, FileButton, Group, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { formatBytes } from '../../../../amounts.ts';
import { client } from '../../../api.ts';

interface SourceButtonProps {
  onSha256: (sha256: string) => void;
}

type State = { is: 'sending'; name: string } | { is: 'there'; text: string } | { is: 'failed'; text: string };

export function SourceButton({ onSha256 }: SourceButtonProps) {
  const [state, setState] = useState<State>();
  const sending = useRef<AbortController>(undefined);
  useEffect(() => () => sending.current?.abort(), []);

  const send = async (file: File | null) => {
    if (!file) return;
    const controller = new AbortController();
    sending.current = controller;
    setState({ is: 'sending', name: `${file.name} (${formatBytes(file.size)})` });
    try {
      const { sha256, filename, sizeBytes } = await client.sources.add(file, {
        filename: file.name,
        signal: controller.signal,
      });
      onSha256(sha256);
      setState({ is: 'there', text: `${filename} (${formatBytes(sizeBytes)}) is in the source store.` });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      setState(controller.signal.aborted ? undefined : { is: 'failed', text });
    }
  };

  return (
    <div>
      <Group gap="xs" mt={6}>
        <FileButton onChange={(file) => void send(file)}>
          {(button) => (
            <Button
              {...button}
              size="xs"
              variant="light"
              loading={state?.is === 'sending'}
              leftSection={<IconUpload size={14} aria-hidden />}
            >
              Upload a file
            </Button>
          )}
        </FileButton>
        {state?.is === 'sending' && (
          <Button size="xs" variant="default" onClick={() => sending.current?.abort()}>
            Cancel
          </Button>
        )}
      </Group>
      {state && (
        <Text
          size="xs"
          c={state.is === 'failed' ? 'red' : 'dimmed'}
          mt={4}
          role={state.is === 'failed' ? 'alert' : 'status'}
        >
          {state.is === 'sending' ? `Sending ${state.name}` : state.text}
        </Text>
      )}
    </div>
  );
}
