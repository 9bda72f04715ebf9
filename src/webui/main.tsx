import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient, sessionQuery } from './api.ts';
import { keepListsLive } from './live/live.ts';
import { preloadViews } from './load-view.ts';
import { router } from './routes.tsx';
import { SessionGate } from './shell/session-gate.tsx';
import { cssVariables, theme } from './theme.ts';

const element = document.getElementById('root');
if (!element) throw new Error('index.html has no #root.');
// Nothing is shown before this is known: it is asked for while the page is still being made.
void queryClient.prefetchQuery(sessionQuery);
createRoot(element).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <ModalsProvider>
          <Notifications position="bottom-right" />
          <SessionGate>
            <RouterProvider router={router} />
          </SessionGate>
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
void keepListsLive();
void preloadViews();
