/** Time, as the engine takes it: given from outside, so that a test can hold it. */
import { readFileSync } from 'node:fs';

export interface Clock {
  /** The wall clock, which may be set at any time: for what people read, never for how long something takes. */
  now(): Date;
  /** How long the machine has been up: never set, and the same in all processes of the machine. */
  uptimeMs(): number;
  /**
   * Which start of the machine `uptimeMs` counts from: the same in all processes until the machine is started again.
   * null where the machine does not tell.
   */
  bootId(): string | null;
  /** Calls `fire` after `ms`, whatever becomes of the wall clock; the returned function calls it off. */
  timer(ms: number, fire: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  // CLOCK_MONOTONIC, see clock_gettime(2).
  uptimeMs: () => Number(process.hrtime.bigint()) / 1e6,
  bootId() {
    boot ??= { id: readBootId() };
    return boot.id;
  },
  timer(ms, fire) {
    // setTimeout takes 2^31-1 ms at the most and would fire at once.
    const timer = setTimeout(fire, Math.min(Math.max(ms, 0), 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

let boot: { id: string | null } | undefined;

/**
 * The kernel's own random id, made at each of its starts (random(4)); containers see that of their host.
 * null when it cannot be read, as where /proc is not mounted, is masked, or does not exist.
 */
export function readBootId(path = '/proc/sys/kernel/random/boot_id'): string | null {
  try {
    return /^[0-9a-f-]{36}$/.exec(readFileSync(path, 'utf8').trim())?.[0] ?? null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

/** Resolves after `ms`, or as soon as `signal` fires. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.timer(ms, done);
    signal.addEventListener('abort', done);
  });
}
