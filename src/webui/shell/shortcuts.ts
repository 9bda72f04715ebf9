/** Keys that work on every page while nothing is typed into; `g` and another one go to a view. */
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { pageActions } from './page-actions.ts';
import { areShortcutsOn } from './shortcut-setting.ts';

/** So long the second key may take. */
const sequenceMs = 1_500;

export const viewKeys = [
  { key: 'd', to: '/distributions', label: 'Go to Distributions' },
  { key: 'b', to: '/builds', label: 'Go to Builds' },
  { key: 'c', to: '/components', label: 'Go to Components' },
  { key: 's', to: '/system', label: 'Go to System' },
  { key: 'n', to: '/distributions/templates', label: 'New distribution' },
] as const;

interface Opened {
  onPalette: () => void;
  onHelp: () => void;
}

export function useShortcuts({ onPalette, onHelp }: Opened): void {
  const router = useRouter();
  useEffect(() => {
    let goneAt = Number.NEGATIVE_INFINITY;
    const listen = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      // The console's machine gets all of its keys.
      if (target instanceof Element && target.closest('.xterm')) return;
      if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k') {
        event.preventDefault();
        onPalette();
        return;
      }
      if (ctrlKey || metaKey || altKey || isTypedInto(target) || isCovered() || !areShortcutsOn()) return;
      const goes = event.timeStamp - goneAt < sequenceMs;
      goneAt = key === 'g' && !goes ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const view = goes ? viewKeys.find((one) => one.key === key) : undefined;
      const act = goes
        ? view && (() => void router.navigate({ to: view.to }))
        : key === '?'
          ? onHelp
          : key === '/'
            ? focusSearch()
            : pageActions().find((one) => one.key === key)?.run;
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [router, onPalette, onHelp]);
}

function isTypedInto(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select, [role=combobox]'))
  );
}

/** A dialog or a menu has keys of its own. */
function isCovered(): boolean {
  return document.querySelector('[role=dialog], [role=menu]') !== null;
}

function focusSearch(): (() => void) | undefined {
  const field = document.querySelector<HTMLElement>('main [aria-label^="Search"]');
  return field ? () => field.focus() : undefined;
}
