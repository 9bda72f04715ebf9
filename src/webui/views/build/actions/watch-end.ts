/** Builds whose end somebody wants to be told, on whatever page they are by then; for as long as the tab is open. */
import { notifications } from '@mantine/notifications';
import type { Build } from '../../../../model/build.ts';
import { client } from '../../../api.ts';
import { windowTitle } from '../window-title.ts';

const watched = new Set<string>();
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function isWatched(id: string): boolean {
  return watched.has(id);
}

/**
 * @param open goes to the build's page
 * @throws LdfError what the events were refused with
 */
export async function watchEnd(id: string, open: () => void): Promise<void> {
  if (watched.has(id)) return;
  watched.add(id);
  changed();
  try {
    const after = await client.builds.position(id);
    const { state } = await client.builds.get(id);
    if (state === 'queued' || state === 'running')
      for await (const { entry } of client.builds.events(id, { after })) if (entry.type === 'end') break;
    tell(await client.builds.get(id), open);
  } finally {
    watched.delete(id);
    changed();
  }
}

const words: Partial<Record<Build['state'], string>> = {
  succeeded: 'The build succeeded.',
  cancelled: 'The build was cancelled.',
};

function tell(build: Build, open: () => void): void {
  const title = windowTitle(build);
  const message = build.error?.message ?? words[build.state] ?? `The build is ${build.state}.`;
  const shown = systemNotification(title, message, build.id);
  if (!shown) return void notifications.show({ title, message, autoClose: false, onClick: open });
  shown.onclick = () => {
    window.focus();
    open();
    shown.close();
  };
}

/** undefined where it is not allowed, which its constructor does not tell, or where service workers alone may, as on Android. */
function systemNotification(title: string, body: string, tag: string): Notification | undefined {
  if (!('Notification' in window) || Notification.permission !== 'granted') return undefined;
  try {
    return new Notification(title, { body, tag });
  } catch {
    return undefined;
  }
}
