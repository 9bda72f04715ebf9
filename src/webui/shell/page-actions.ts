/** What can be done on the page that is shown: for the command palette, for keys, and for the list of shortcuts. */
import { useEffect, useRef, useSyncExternalStore } from 'react';

export interface PageAction {
  label: string;
  /** The key that does it, while nothing is typed into. */
  key?: string | undefined;
  run: () => void;
}

let actions: readonly PageAction[] = [];
const listeners = new Set<() => void>();

function change(next: readonly PageAction[]): void {
  actions = next;
  for (const listener of listeners) listener();
}

/** Offers an action as long as the component is there; nothing without a label. */
export function usePageAction(label: string | undefined, key: string | undefined, run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (label === undefined) return;
    const action: PageAction = { label, key, run: () => latest.current() };
    change([...actions, action]);
    return () => change(actions.filter((one) => one !== action));
  }, [label, key]);
}

export function pageActions(): readonly PageAction[] {
  return actions;
}

export function usePageActions(): readonly PageAction[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, pageActions);
}
