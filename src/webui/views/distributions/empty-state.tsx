/** Nothing is here yet: where to begin. */
import { Stack, Text } from '@mantine/core';
import { TemplateGallery } from './template-gallery.tsx';

export function EmptyState() {
  return (
    <Stack gap="md">
      <Text maw="46rem">
        No distribution yet. Start from an example and change what you like, from an empty form, or import a definition
        that you have as a file.
      </Text>
      <TemplateGallery />
    </Stack>
  );
}
