/** Lines of a terminal or of a log as they were: a few at first, all of them on demand. */
import { Anchor, Code, Group, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { plainText } from '../log/ansi.ts';

/** What fits above the rest of a page. */
export const shownLines = 8;

interface EvidenceProps {
  lines: readonly string[];
  /** Of the log that they are from. */
  children?: ReactNode;
}

export function Evidence({ lines, children }: EvidenceProps) {
  const [all, setAll] = useState(false);
  const hidden = lines.length - shownLines;
  // What was said last is nearest to the end that it came to.
  const shown = all || hidden <= 0 ? lines : lines.slice(-shownLines);
  return (
    <Stack gap={4}>
      {lines.length > 0 && (
        <Code
          block
          role="group"
          tabIndex={0}
          aria-label="What was written last"
          mah={420}
          style={{ overflow: 'auto', fontSize: 12.5 }}
        >
          {shown.map(plainText).join('\n')}
        </Code>
      )}
      <Group gap="md">
        {hidden > 0 && (
          <Anchor component="button" type="button" size="sm" onClick={() => setAll(!all)}>
            {all ? 'Show less' : `Show ${hidden} more ${hidden === 1 ? 'line' : 'lines'}`}
          </Anchor>
        )}
        {children}
      </Group>
    </Stack>
  );
}
