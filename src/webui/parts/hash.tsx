/** The beginning of a sha256, and a button that copies the whole. */
import { ActionIcon, Code, CopyButton, Group } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

/** Enough to tell hashes apart by eye. */
const shownCharacters = 16;

/** @param of whose hash it is, for those who do not see the row */
export function Hash({ sha256, of }: { sha256: string; of: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <Code title={sha256}>{sha256.slice(0, shownCharacters)}…</Code>
      <CopyButton value={sha256}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            color={copied ? 'green' : 'gray'}
            onClick={copy}
            aria-label={copied ? 'Copied' : `Copy the SHA-256 of ${of}`}
            title="Copy the whole hash"
          >
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  );
}
