import { consoleSeconds } from '../../../model/console.ts';

/** Whole seconds that a machine has left which started at `fromMs`: from `consoleSeconds` down to 0. */
export function secondsLeft(fromMs: number, nowMs: number): number {
  const gone = Math.max(0, Math.floor((nowMs - fromMs) / 1000));
  return Math.max(0, consoleSeconds - gone);
}
