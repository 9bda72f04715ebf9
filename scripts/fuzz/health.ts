/** Asks /healthz again and again, on a connection of its own, while others make the server work. */
import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 50;

export interface HealthWatch {
  /** The longest wait since the last call, in milliseconds. */
  worstMs(): number;
  stop(): Promise<void>;
}

export function watchHealth(url: string): HealthWatch {
  const stopping = new AbortController();
  let worst = 0;
  let begun: number | undefined;
  const probe = async () => {
    while (!stopping.signal.aborted) {
      begun = performance.now();
      // A server that cannot be reached shows in the requests themselves.
      await fetch(`${url}/healthz`, { signal: stopping.signal }).then(
        (answer) => answer.body?.cancel(),
        (error: unknown) => error,
      );
      worst = Math.max(worst, performance.now() - begun);
      begun = undefined;
      await sleep(everyMs);
    }
  };
  const probing = probe();
  return {
    worstMs() {
      const found = Math.max(worst, begun === undefined ? 0 : performance.now() - begun);
      worst = 0;
      return found;
    },
    async stop() {
      stopping.abort();
      await probing;
    },
  };
}
