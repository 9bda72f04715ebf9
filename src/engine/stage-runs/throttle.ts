import type { Clock } from '../core/clock.ts';

/** Passes values on at most once in `intervalMs`: the first at once, then the newest of each interval, and always the last. */
export class Throttle<Value> {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #emit: (value: Value) => Promise<void>;
  #held: { value: Value } | undefined;
  #cancel: (() => void) | undefined;
  #emitting: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | undefined;

  constructor(clock: Clock, intervalMs: number, emit: (value: Value) => Promise<void>) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#emit = emit;
  }

  push(value: Value): void {
    this.#held = { value };
    if (!this.#cancel) this.#pass();
  }

  /** Passes on what is held back, and waits for it. @throws what passing on threw, now or before. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#pass();
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#emitting;
    if (this.#failure) throw this.#failure.error;
  }

  #pass(): void {
    this.#cancel = undefined;
    if (!this.#held) return;
    const { value } = this.#held;
    this.#held = undefined;
    this.#cancel = this.#clock.timer(this.#intervalMs, () => this.#pass());
    this.#emitting = this.#emitting
      .then(() => this.#emit(value))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      });
  }
}
