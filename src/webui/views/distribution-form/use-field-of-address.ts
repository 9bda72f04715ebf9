/** `/distributions/ID/edit?step=image#/image/size` opens at that field, or at the one around it. */
import { useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';

/** So long a form may take until its schema is there and its fields are drawn. */
const patienceMs = 10_000;

export function useFieldOfAddress(): void {
  const pointer = useRouterState({ select: ({ location }) => location.hash });
  useEffect(() => {
    if (!pointer.startsWith('/')) return;
    if (show(pointer)) return;
    const observer = new MutationObserver(() => {
      if (show(pointer)) observer.disconnect();
    });
    observer.observe(document.body, { childList: true, subtree: true });
    const timer = setTimeout(() => observer.disconnect(), patienceMs);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [pointer]);
}

function show(pointer: string): boolean {
  for (let place = pointer; place !== ''; place = place.slice(0, place.lastIndexOf('/'))) {
    const field = document.querySelector(`[data-pointer="${CSS.escape(place)}"]`);
    if (!field) continue;
    field.scrollIntoView({ block: 'center' });
    field.querySelector<HTMLElement>('input, textarea, button')?.focus({ preventScroll: true });
    return true;
  }
  return false;
}
