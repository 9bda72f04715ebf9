/** Whether single keys do something: WCAG 2.2, 2.1.4, wants a way to switch them off. Kept in the browser. */

const storageKey = 'ldf.shortcuts';

export function areShortcutsOn(): boolean {
  return localStorage.getItem(storageKey) !== 'off';
}

export function switchShortcuts(on: boolean): void {
  if (on) localStorage.removeItem(storageKey);
  else localStorage.setItem(storageKey, 'off');
}
