/** Asks to be told when a build has ended. The browser is asked for its permission by this click, and never before. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBell, IconBellRinging } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import type { Build } from '../../../../model/build.ts';
import { notifyError } from '../../../parts/error-notice.tsx';
import { isWatched, subscribe, watchEnd } from './watch-end.ts';

export function NotifyButton({ build: { id } }: { build: Build }) {
  const router = useRouter();
  const watched = useSyncExternalStore(subscribe, () => isWatched(id));
  const ask = async () => {
    const allowed = 'Notification' in window && (await Notification.requestPermission()) === 'granted';
    if (!allowed)
      notifications.show({
        title: 'Shown here',
        message: 'The browser allows no notifications for this page, so the end of the build is shown in this tab.',
      });
    const open = () => void router.navigate({ to: '/builds/$id', params: { id } });
    watchEnd(id, open).catch(notifyError);
  };
  const Icon = watched ? IconBellRinging : IconBell;
  return (
    <Button
      variant="default"
      leftSection={<Icon size={16} aria-hidden />}
      disabled={watched}
      onClick={() => void ask()}
    >
      {watched ? 'You will be notified' : 'Notify me'}
    </Button>
  );
}
