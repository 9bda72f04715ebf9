/** Tells the time as it passes for a guest. */
import { MonitorError } from './monitor.ts';

/** The guest's own clock is asked this often: what is dated by it is at most so much too early, in time of the host. */
export const askEveryMs = 250;
/** A guest may set its clock. A step of more than this beyond what the host's clock went on is such a setting, and no time. */
const settingMs = 60_000;

export class GuestClock {
  readonly #ask: (() => Promise<number>) | undefined;
  readonly #startedMs = performance.now();
  #elapsedMs = 0;
  #shownMs = 0;
  #askedAtMs = 0;
  #asking = false;

  /** `ask` gives the seconds that the guest's clock has gone on; without it the guest's time is the host's. */
  constructor(ask: (() => Promise<number>) | undefined) {
    this.#ask = ask;
  }

  /** The guest has a time of its own, which has to be asked for. */
  get own(): boolean {
    return this.#ask !== undefined;
  }

  /** Milliseconds that have passed for the guest since its start, as far as is known. */
  get elapsedMs(): number {
    return this.#ask ? this.#elapsedMs : this.wallMs;
  }

  /** Milliseconds that have passed here. */
  get wallMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** Brings `elapsedMs` up to date; while an answer is waited for, and once the guest is gone, nothing changes. */
  async refresh(): Promise<void> {
    if (!this.#ask || this.#asking) return;
    this.#asking = true;
    try {
      this.#take((await this.#ask()) * 1000);
    } catch (error) {
      if (!(error instanceof MonitorError)) throw error;
    } finally {
      this.#asking = false;
    }
  }

  #take(shownMs: number): void {
    const stepMs = shownMs - this.#shownMs;
    const wallMs = this.wallMs;
    if (stepMs > 0 && stepMs <= wallMs - this.#askedAtMs + settingMs) this.#elapsedMs += stepMs;
    this.#shownMs = shownMs;
    this.#askedAtMs = wallMs;
  }
}
