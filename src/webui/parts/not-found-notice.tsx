/** For what has no page any more: trying again does not bring it back, so the list it stood in is offered. */
import { Stack } from '@mantine/core';
import { useRouterState } from '@tanstack/react-router';
import { AnchorLink } from './anchor.tsx';
import { ErrorNotice } from './error-notice.tsx';

/** By the beginning of the address. */
const lists = [
  { path: '/builds', label: 'See all builds' },
  { path: '/artifacts', to: '/builds', label: 'See all builds' },
  { path: '/components', label: 'See all components' },
  { path: '/distributions', label: 'See all distributions' },
] as const;

export function NotFoundNotice({ error }: { error: unknown }) {
  const here = useRouterState({ select: ({ location }) => location.pathname });
  const list = lists.find(({ path }) => here.startsWith(path));
  return (
    <Stack gap="sm" align="flex-start">
      <ErrorNotice error={error} />
      {list && <AnchorLink to={'to' in list ? list.to : list.path}>{list.label}</AnchorLink>}
    </Stack>
  );
}
