/** Whether lists are kept up to date by the stream of changes, and whether the stream is wanted. */

/** A page may be left for a moment. */
const hiddenLongMs = 20_000;

let live = false;
let holders = 0;
let hidden = false;
const listeners = new Set<() => void>();

export function isLive(): boolean {
  return live;
}

export function setLive(value: boolean): void {
  live = value;
}

/** Lists stay as they are while something else is followed, until the function that it gives is called. */
export function holdLive(): () => void {
  holders += 1;
  tell();
  return () => {
    holders -= 1;
    tell();
  };
}

/** Resolves when the stream is wanted, with a signal that fires when it is no more. */
export async function untilWanted(): Promise<AbortSignal> {
  await new Promise<void>((resolve) => when(() => holders === 0 && !hidden, resolve));
  const over = new AbortController();
  when(
    () => holders > 0 || hidden,
    () => over.abort(new DOMException('Nobody looks any more.', 'AbortError')),
  );
  return over.signal;
}

/** Acts once, as soon as it is so. */
function when(isSo: () => boolean, act: () => void): void {
  const look = () => {
    if (!isSo()) return;
    listeners.delete(look);
    act();
  };
  listeners.add(look);
  look();
}

function tell(): void {
  for (const listener of [...listeners]) listener();
}

let timer: ReturnType<typeof setTimeout> | undefined;

function setHidden(value: boolean): void {
  hidden = value;
  tell();
}

document.addEventListener('visibilitychange', () => {
  clearTimeout(timer);
  if (document.hidden) timer = setTimeout(() => setHidden(true), hiddenLongMs);
  else setHidden(false);
});
