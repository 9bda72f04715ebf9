import type PQueue from 'p-queue';

/**
 * Waits for one of the places that `places` has, and returns how to give it back. Unlike p-queue's own signal, this one
 * ends the waiting alone, never work that has begun.
 * @throws what `signal` was fired with.
 */
export function takeSlot(slots: PQueue, signal: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    void slots.add(
      () =>
        new Promise<void>((leave) => {
          signal.removeEventListener('abort', giveUp);
          if (signal.aborted) leave();
          else resolve(leave);
        }),
    );
  });
}
