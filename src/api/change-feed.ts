/** Follows what changes in the database, for any number of listeners with one look at it. */
import { setTimeout } from 'node:timers/promises';
import { apiBounds } from '../config.ts';
import { LdfError } from '../errors.ts';
import { type Change, namedInQueue } from '../model/change.ts';
import type { ChangeRecord, ChangeTopic } from '../store/changes.ts';
import { summariesOf } from './distribution-summaries.ts';
import type { ApiServices } from './services.ts';

/** A change with its number: what a follower continues after. */
export interface NumberedChange {
  seq: number;
  change: Change;
}

type Told = Promise<Change>;

type FeedBounds = Readonly<Record<'changePollMs' | 'maxFollowers' | 'keptChanges' | 'changesAtOnce', number>>;

export class ChangeFeed {
  readonly #services: ApiServices;
  readonly #bounds: FeedBounds;
  /** What was told of the newest changes, by their numbers: followers at the same place share it. */
  readonly #told = new Map<number, Told>();
  /** Who waits, each with the number that it has come to. */
  readonly #waiting = new Map<() => void, number>();
  #followers = 0;
  #looking = false;
  #forgottenUpTo = 0;

  constructor(services: ApiServices, bounds: Partial<FeedBounds> = {}) {
    this.#services = services;
    this.#bounds = { ...apiBounds, ...bounds };
  }

  /** Takes a place, until `signal` fires. @throws LdfError `server.busy` when there is none. */
  join(signal: AbortSignal): void {
    if (this.#followers >= this.#bounds.maxFollowers)
      throw new LdfError('server.busy', `${this.#bounds.maxFollowers} clients follow the changes already.`, {
        hint: 'Close some, or read the lists from time to time instead.',
      });
    this.#followers += 1;
    const leave = () => {
      this.#followers -= 1;
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  }

  /**
   * What changes after `after`, in batches; of what changed more than once in between, the newest alone. Begins with
   * `reset` where nothing can be continued. Ends when `signal` fires.
   */
  async *follow(
    after: number | undefined,
    topics: ReadonlySet<ChangeTopic>,
    signal: AbortSignal,
  ): AsyncGenerator<NumberedChange[]> {
    const { store } = this.#services;
    const last = await store.lastChange();
    let position = after ?? last;
    if (after === undefined || after > last || last - after > this.#bounds.keptChanges) {
      position = last;
      yield [{ seq: last, change: { type: 'reset' } }];
    }
    while (!signal.aborted) {
      const records = await store.changesAfter(position, this.#bounds.changesAtOnce);
      const newest = records.at(-1);
      if (!newest) {
        // The database was put back to an earlier state.
        if (position > (await store.lastChange())) return yield* this.follow(undefined, topics, signal);
        await this.#change(position, signal);
        continue;
      }
      position = newest.seq;
      const changes = await this.#tell(records.filter(({ topic }) => topics.has(topic)));
      if (changes.length > 0) yield changes;
    }
  }

  /** Resolves when the newest change is another than `position`, or `signal` fires. */
  async #change(position: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.set(wake, position);
      signal.addEventListener('abort', wake);
      if (!this.#looking) void this.#look();
    });
  }

  /** Looks as long as somebody waits; a database that does not answer is asked again. */
  async #look(): Promise<void> {
    const { store, log } = this.#services;
    this.#looking = true;
    while (this.#waiting.size > 0) {
      await setTimeout(this.#bounds.changePollMs, undefined, { ref: false });
      // A server that has stopped has closed its database.
      if (this.#waiting.size === 0) break;
      try {
        const last = await store.lastChange();
        for (const [wake, position] of [...this.#waiting]) if (position !== last) wake();
        await this.#forget(last - this.#bounds.keptChanges);
      } catch (error) {
        log.warn({ err: error }, 'what has changed cannot be read; it is tried again');
      }
    }
    this.#looking = false;
  }

  async #forget(upTo: number): Promise<void> {
    if (upTo - this.#forgottenUpTo < this.#bounds.changesAtOnce) return;
    this.#forgottenUpTo = upTo;
    await this.#services.store.forgetChanges(upTo);
  }

  async #tell(records: readonly ChangeRecord[]): Promise<NumberedChange[]> {
    const missing = records.filter(({ seq }) => !this.#told.has(seq));
    if (missing.length > 0) this.#describe(missing);
    const told = await Promise.all(records.map(async ({ seq }) => ({ seq, change: await this.#told.get(seq) })));
    return told.flatMap(({ seq, change }) => (change ? [{ seq, change }] : []));
  }

  /** What is read here is at least as new as the change. */
  #describe(records: readonly ChangeRecord[]): void {
    const subjects = (topic: ChangeTopic) =>
      records.filter((record) => record.topic === topic).map(({ subject }) => subject);
    const builds = this.#builds(subjects('build'));
    const distributions = this.#distributions(subjects('distribution'));
    for (const { seq, topic, subject } of records) {
      const told = this.#one(topic, subject, builds, distributions);
      // Whoever waits for it hears of the failure; nobody may be there yet.
      told.catch(() => this.#told.delete(seq));
      this.#told.set(seq, told);
    }
    for (const seq of this.#told.keys()) {
      if (this.#told.size <= this.#bounds.changesAtOnce * 4) break;
      this.#told.delete(seq);
    }
  }

  async #one(
    topic: ChangeTopic,
    subject: string,
    builds: Promise<Map<string, Change>>,
    distributions: Promise<Map<string, Change>>,
  ): Told {
    switch (topic) {
      case 'build':
        return (await builds).get(subject) ?? { type: 'removed', what: 'build', id: subject };
      case 'distribution':
        return (await distributions).get(subject) ?? { type: 'removed', what: 'distribution', id: subject };
      case 'queue': {
        const { running, queued } = await this.#services.builds.waiting();
        return { type: 'queue', running, queued: queued.length, next: queued.slice(0, namedInQueue) };
      }
      case 'component':
        return { type: 'component', id: subject };
      case 'stage-images':
        return { type: 'stage-images' };
    }
  }

  async #builds(ids: readonly string[]): Promise<Map<string, Change>> {
    if (ids.length === 0) return new Map();
    const { items } = await this.#services.builds.list({ ids, limit: ids.length });
    return new Map(items.map((build) => [build.id, { type: 'build', build }]));
  }

  async #distributions(ids: readonly string[]): Promise<Map<string, Change>> {
    if (ids.length === 0) return new Map();
    const { items } = await this.#services.store.listDistributions({ ids, limit: ids.length });
    const summaries = await summariesOf(this.#services, items);
    return new Map(summaries.map((distribution) => [distribution.id, { type: 'distribution', distribution }]));
  }
}
