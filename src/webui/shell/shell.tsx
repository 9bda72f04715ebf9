/** What surrounds every view: navigation, the colour scheme, and whether the server is there. */
import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  Kbd,
  NavLink,
  type NavLinkProps,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBrightness, IconLogout, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { createLink, Link, Outlet, useRouterState } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, forwardRef, lazy, Suspense } from 'react';
import { sessionQuery, signOut } from '../api.ts';
import { notifyError } from '../parts/error-notice.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { navigation } from './navigation.ts';
import classes from './shell.module.css';
import { useShortcuts } from './shortcuts.ts';

const Palette = lazy(() => import('./palette.tsx'));
const ShortcutHelp = lazy(() => import('./shortcut-help.tsx'));

const RouterNavLink = createLink(
  forwardRef<HTMLAnchorElement, NavLinkProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof NavLinkProps>>(
    (props, ref) => <NavLink component="a" ref={ref} {...props} />,
  ),
);

export function Shell() {
  const [open, { toggle, close }] = useDisclosure();
  const [searching, palette] = useDisclosure();
  const [helping, help] = useDisclosure();
  useShortcuts({ onPalette: palette.open, onHelp: help.open });
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
            <SearchButton onClick={palette.open} />
            <SchemeButton />
            <SignOutButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        {navigation.map(({ to, label, icon: Icon }) => (
          <RouterNavLink
            key={label}
            to={to}
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
      <Suspense fallback={null}>
        {searching && <Palette onClose={palette.close} />}
        {helping && <ShortcutHelp onClose={help.close} />}
      </Suspense>
    </AppShell>
  );
}

/** As wide as what it opens has room for: a phone has an icon. */
function SearchButton({ onClick }: { onClick: () => void }) {
  const shared = { onClick, 'aria-label': 'Search and commands', 'aria-keyshortcuts': 'Control+K Meta+K' };
  return (
    <>
      <Button
        {...shared}
        variant="default"
        size="xs"
        c="dimmed"
        visibleFrom="sm"
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
      >
        Search
      </Button>
      <ActionIcon {...shared} variant="subtle" color="gray" size="lg" hiddenFrom="sm">
        <IconSearch size={20} aria-hidden />
      </ActionIcon>
    </>
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
