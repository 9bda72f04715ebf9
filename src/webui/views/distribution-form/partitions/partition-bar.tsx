/** The disk as a bar: each partition as long as it is large. */
import { Box, Group, Text } from '@mantine/core';
import type { Piece } from './entries.ts';
import classes from './partition-bar.module.css';

export function PartitionBar({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <Box>
      <Group gap={2} wrap="nowrap" role="img" aria-label={`The disk: ${pieces.map(spoken).join(', ')}`}>
        {pieces.map((piece, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place on the disk
          <Box key={index} className={classes.piece} data-guessed={piece.guessed} style={{ flexGrow: piece.share }}>
            <Text size="xs" fw={600} truncate>
              {piece.label}
            </Text>
            <Text size="xs" truncate>
              {piece.size}
              {piece.grows ? ' →' : ''}
            </Text>
          </Box>
        ))}
      </Group>
      {pieces.some(({ guessed }) => guessed) && (
        <Text size="xs" c="dimmed" mt={4}>
          Striped: as large as the content needs, so its length here is a guess.
        </Text>
      )}
    </Box>
  );
}

function spoken({ label, size, grows }: Piece): string {
  return `${label} ${size}${grows ? ', grows' : ''}`;
}
