/** What surrounds every view: navigation, the colour scheme, and whether the server is there. */
import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  NavLink,
  type NavLinkProps,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconApi,
  IconBox,
  IconBrightness,
  IconHammer,
  IconLogout,
  IconPuzzle,
  IconServer,
  IconSettings,
  IconStack2,
  type TablerIcon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { createLink, Link, type LinkProps, Outlet, useRouterState } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, forwardRef } from 'react';
import { sessionQuery, signOut } from '../api.ts';
import { notifyError } from '../parts/error-notice.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import classes from './shell.module.css';

const links: readonly { to: LinkProps['to']; label: string; icon: TablerIcon }[] = [
  { to: '/distributions', label: 'Distributions', icon: IconStack2 },
  { to: '/builds', label: 'Builds', icon: IconHammer },
  { to: '/components', label: 'Components', icon: IconPuzzle },
  { to: '/stage-images', label: 'Stage images', icon: IconBox },
  { to: '/system', label: 'System', icon: IconServer },
  { to: '/settings', label: 'Settings', icon: IconSettings },
  { to: '/docs', label: 'API reference', icon: IconApi },
];

const RouterNavLink = createLink(
  forwardRef<HTMLAnchorElement, NavLinkProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof NavLinkProps>>(
    (props, ref) => <NavLink component="a" ref={ref} {...props} />,
  ),
);

export function Shell() {
  const [open, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !open } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <AppShell.Header>
        <button type="button" className={classes.skip} onClick={() => document.querySelector('main')?.focus()}>
          Skip to content
        </button>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={open}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={open ? 'Close the navigation' : 'Open the navigation'}
            />
            <Link to="/distributions" style={{ color: 'inherit', textDecoration: 'none' }}>
              <Group gap={8} wrap="nowrap">
                <img src="/icon.svg" width={26} height={26} alt="" />
                <Text fw={700}>LDF</Text>
                <Text c="dimmed" size="sm" visibleFrom="sm">
                  Linux Distribution Factory
                </Text>
              </Group>
            </Link>
          </Group>
          <Group gap={4} wrap="nowrap">
            <SchemeButton />
            <SignOutButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        {links.map(({ to, label, icon: Icon }) => (
          <RouterNavLink
            key={label}
            to={to ?? '/'}
            label={label}
            leftSection={<Icon size={18} aria-hidden />}
            data-active={path.startsWith(String(to)) || undefined}
            aria-current={path.startsWith(String(to)) ? 'page' : undefined}
            onClick={close}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main tabIndex={-1} style={{ outline: 'none' }}>
        <ConnectionBanner />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

/** Only where there is a session to end: not without authentication. */
function SignOutButton() {
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  if (!data?.signedIn || data.authentication === 'none') return null;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      onClick={() => void signOut().catch(notifyError)}
      aria-label="Sign out"
      title="Sign out"
    >
      <IconLogout size={20} aria-hidden />
    </ActionIcon>
  );
}

function SchemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      onClick={() => setColorScheme(next[colorScheme])}
      aria-label={`Colours: ${colorScheme}; change to ${next[colorScheme]}`}
      title={`Colours: ${colorScheme}`}
    >
      <IconBrightness size={20} aria-hidden />
    </ActionIcon>
  );
}
