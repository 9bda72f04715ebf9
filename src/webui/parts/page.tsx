/** What every view has: a title that is also the window's, actions beside it, and the content. */
import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { type FaviconState, useFavicon } from './favicon.ts';

interface PageProps {
  title: string;
  /** What the window is called, where that is more than the title. */
  windowTitle?: string;
  /** What the tab's icon tells, where it is not LDF's own. */
  favicon?: FaviconState;
  /** Shown in place of the title when it is more than text. */
  heading?: ReactNode;
  /** One line below the title. */
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, windowTitle = title, favicon, heading, about, actions, children }: PageProps) {
  useDocumentTitle(`${windowTitle} · LDF`);
  useFavicon(favicon);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box style={{ minWidth: 0, flex: '1 1 20rem' }}>
          <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
            {heading ?? title}
          </Title>
          {about && (
            <Text c="dimmed" component="div">
              {about}
            </Text>
          )}
        </Box>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
