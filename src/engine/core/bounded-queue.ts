/** Work outside builds that takes containers: a few at a time, and a bound on how many may wait. */
import PQueue from 'p-queue';
import { LdfError } from '../../errors.ts';

export class BoundedQueue {
  readonly #slots: PQueue;
  readonly #waiting: number;
  readonly #tooMany: string;

  /** @param bounds.tooMany the sentence that refuses: `Too many queries are waiting for an answer.` */
  constructor(bounds: { atOnce: number; waiting: number; tooMany: string }) {
    this.#slots = new PQueue({ concurrency: bounds.atOnce });
    this.#waiting = bounds.waiting;
    this.#tooMany = bounds.tooMany;
  }

  /** Runs `act` when there is a place for it. @throws LdfError `queue.full`, and what `act` throws. */
  async run<Value>(act: () => Promise<Value>): Promise<Value> {
    if (this.#slots.size >= this.#waiting)
      throw new LdfError('queue.full', this.#tooMany, { hint: 'Try again in a minute.' });
    return this.#slots.add(act);
  }
}
