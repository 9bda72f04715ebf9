/** Two texts as one, with a sign before each line that was removed or added. */
import { Box, Text, VisuallyHidden } from '@mantine/core';
import { type DiffLine, lineDiff, withContext } from './line-diff.ts';
import classes from './text-diff.module.css';

const signs: Readonly<Record<DiffLine['kind'], { sign: string; said: string; look: string | undefined }>> = {
  same: { sign: '  ', said: '', look: undefined },
  added: { sign: '+ ', said: 'added: ', look: classes.added },
  removed: { sign: '− ', said: 'removed: ', look: classes.removed },
};

/** @param label of the whole, for screen readers */
export function TextDiff({ before, after, label }: { before: string; after: string; label: string }) {
  const parts = withContext(lineDiff(before, after));
  if (!parts.some((part) => 'lines' in part))
    return (
      <Text size="sm" c="dimmed">
        No differences.
      </Text>
    );
  return (
    <Box component="section" className={classes.diff} aria-label={label} tabIndex={0}>
      {parts.map((part) => ('skipped' in part ? <Skipped key={part.at} {...part} /> : part.lines.map(shownLine)))}
    </Box>
  );
}

function Skipped({ skipped }: { skipped: number }) {
  return (
    <span className={`${classes.line} ${classes.skipped}`}>
      … {skipped} equal {skipped === 1 ? 'line' : 'lines'}
    </span>
  );
}

function shownLine({ kind, text, at }: DiffLine & { at: number }) {
  const { sign, said, look = '' } = signs[kind];
  return (
    <span key={at} className={`${classes.line} ${look}`}>
      <span aria-hidden>{sign}</span>
      <VisuallyHidden>{said}</VisuallyHidden>
      {text}
    </span>
  );
}
