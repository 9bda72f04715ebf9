import { type StageName, stageNames } from '../stages/names.ts';
import type { Store } from '../store/store.ts';

/** For so long an estimate is not worked out anew: lists are asked for more often than stages end. */
const keepMs = 10_000;

/** What stages are likely to take: the median of their newest runs. */
export class Estimates {
  readonly #store: Store;
  readonly #historyLength: number;
  #known: Promise<ReadonlyMap<StageName, number>> | undefined;
  #readAt = 0;

  constructor(store: Store, historyLength: number) {
    this.#store = store;
    this.#historyLength = historyLength;
  }

  /** Seconds by stage; a stage that never ran is not in it. */
  async read(): Promise<ReadonlyMap<StageName, number>> {
    if (!this.#known || performance.now() - this.#readAt > keepMs) {
      this.#readAt = performance.now();
      this.#known = this.#work();
      // A failure is not kept.
      this.#known.catch(() => {
        this.#known = undefined;
      });
    }
    return this.#known;
  }

  async #work(): Promise<ReadonlyMap<StageName, number>> {
    const estimates = new Map<StageName, number>();
    for (const stage of stageNames) {
      const seconds = median(await this.#store.stageHistory(stage, this.#historyLength));
      if (seconds !== undefined) estimates.set(stage, seconds);
    }
    return estimates;
  }
}

/** undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}
