/** Takes the text of a file that the user chooses: a public key, a configuration file. */
import { Button, FileButton, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { readText } from './read-text.ts';

interface FileButtonProps {
  label: string;
  /** What is wrong with the text, if it is not what it should be. */
  check?: (text: string) => string | undefined;
  onText: (text: string) => void;
}

export function TextFileButton({ label, check, onText }: FileButtonProps) {
  const [problem, setProblem] = useState<string>();
  const take = async (file: File | null) => {
    if (!file) return;
    const read = await readText(file, check);
    setProblem('problem' in read ? read.problem : undefined);
    if ('text' in read) onText(read.text);
  };
  return (
    <div>
      <FileButton onChange={(file) => void take(file)}>
        {(button) => (
          <Button {...button} size="xs" variant="light" mt={6} leftSection={<IconUpload size={14} aria-hidden />}>
            {label}
          </Button>
        )}
      </FileButton>
      {problem && (
        <Text size="xs" c="red" mt={4} role="alert">
          {problem}
        </Text>
      )}
    </div>
  );
}
