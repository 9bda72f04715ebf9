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
  try {
    const shown = new Notification(title, { body: message, tag: build.id });
    shown.onclick = () => {
      window.focus();
      open();
      shown.close();
    };
  } catch {
    // Not allowed, or a browser that shows those of service workers alone, as on Android.
    notifications.show({ title, message, autoClose: false, onClick: open });
  }
}
