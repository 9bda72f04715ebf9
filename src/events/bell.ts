/** Wakes one waiter. A ring while nobody waits is kept, so nothing is missed between looking and waiting. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring, after `ms`, or when `signal` fires. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', this.#wake, { once: true });
      });
    if (this.#wake) signal.removeEventListener('abort', this.#wake);
    this.#wake = undefined;
    this.#rung = false;
  }
}
