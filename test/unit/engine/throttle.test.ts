import { expect, it } from 'vitest';
import type { Clock } from '../../../src/engine/core/clock.ts';
import { Throttle } from '../../../src/engine/stage-runs/throttle.ts';

/** Time that passes when a test says so. */
class HeldClock implements Clock {
  #ms = 0;
  #timers: { at: number; fire: () => void }[] = [];

  now(): Date {
    return new Date(this.#ms);
  }

  uptimeMs(): number {
    return this.#ms;
  }

  bootId(): string {
    return 'this start';
  }

  timer(ms: number, fire: () => void): () => void {
    const timer = { at: this.#ms + ms, fire };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(ms: number): void {
    this.#ms += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#ms);
    this.#timers = this.#timers.filter(({ at }) => at > this.#ms);
    for (const { fire } of due) fire();
  }

  get waiting(): number {
    return this.#timers.length;
  }
}

it('passes on the first value at once, then the newest of each interval, and the last', async () => {
  const clock = new HeldClock();
  const passed: number[] = [];
  const throttle = new Throttle<number>(clock, 100, async (value) => void passed.push(value));
  for (const value of [1, 2, 3]) throttle.push(value);
  await Promise.resolve();
  expect(passed).toEqual([1]);
  clock.pass(100);
  for (const value of [4, 5]) throttle.push(value);
  await throttle.flush();
  expect(passed).toEqual([1, 3, 5]);
  expect(clock.waiting).toBe(0);
});

it('tells at its end that a value could not be passed on', async () => {
  const throttle = new Throttle<number>(new HeldClock(), 100, async () => {
    throw new Error('the disk is full');
  });
  throttle.push(1);
  await expect(throttle.flush()).rejects.toThrow('the disk is full');
});
