/**
 * Follows the journal of one build: its lines go to the log, its states to the query that the page shows. The position is
 * kept, so a server that was away, or a build that is retried, is taken up where it was left.
 */
import type { PlacedEntry } from '../../../../client/client.ts';
import type { Build } from '../../../../model/build.ts';
import type { JournalEntry } from '../../../../model/journal.ts';
import {
  attemptsQuery,
  buildQuery,
  client,
  isSignedOut,
  queryClient,
  refreshLists,
  unreachable,
  untilSignedIn,
} from '../../../api.ts';
import { LogStore } from '../log/log-store.ts';
import { oncePerFrame } from './frame.ts';
import { takeEntry } from './live-build.ts';

const awayMs = 1_000;
/** So long may taking in what has come keep the page from answering to the user. */
const turnMs = 8;

export class BuildFollower {
  readonly log = new LogStore(oncePerFrame);
  readonly #id: string;
  /** Where the journal stood when the build was asked for: what lies before is known from the answer. */
  #known = 0;
  #position = 0;
  #pending: JournalEntry[] = [];
  readonly #show = oncePerFrame(() => this.#apply(this.#pending.splice(0)));
  readonly #whole = new WholeFlag();

  constructor(id: string) {
    this.#id = id;
  }

  /** Whether all of the log that there is so far has been read. */
  get whole(): Pick<WholeFlag, 'get' | 'subscribe'> {
    return this.#whole;
  }

  /** Resolves at the build's end. @throws what the server refuses with; the signal's reason when it fires. */
  async follow(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        if (this.#known === 0) await this.#begin(signal);
        return await this.#read(signal);
      } catch (error) {
        signal.throwIfAborted();
        if (isSignedOut()) await untilSignedIn(signal);
        else if (unreachable(error)) await new Promise((resolve) => setTimeout(resolve, awayMs));
        else throw error;
      }
      signal.throwIfAborted();
    }
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const position = await client.builds.position(this.#id, signal);
    const build = await client.builds.get(this.#id, signal);
    queryClient.setQueryData(buildQuery(this.#id).queryKey, build);
    this.#known = position;
  }

  async #read(signal: AbortSignal): Promise<void> {
    let turnEndsAt = performance.now() + turnMs;
    for await (const placed of client.builds.events(this.#id, { after: this.#position, signal })) {
      // What had been received already still comes; another reading may have begun.
      signal.throwIfAborted();
      this.#take(placed);
      if (performance.now() < turnEndsAt) continue;
      await nextTurn();
      turnEndsAt = performance.now() + turnMs;
    }
    this.#whole.set(true);
  }

  #take({ id, entry }: PlacedEntry): void {
    this.#position = id;
    if (entry.type === 'stage') this.log.stage(entry);
    if (entry.type === 'log') this.log.append(entry);
    else if (entry.type === 'phase') this.log.phase(entry);
    else if (id > this.#known || entry.type === 'end') {
      this.#pending.push(entry);
      this.#show();
    }
    if (id >= this.#known) this.#whole.set(true);
  }

  #apply(entries: readonly JournalEntry[]): void {
    const { queryKey } = buildQuery(this.#id);
    queryClient.setQueryData<Build>(queryKey, (build) => build && entries.reduce(takeEntry, build));
    // Keys, estimates, artifacts and what was used are not in the journal.
    if (!entries.some(({ type }) => type !== 'progress')) return;
    void queryClient.invalidateQueries({ queryKey, exact: true });
    void queryClient.invalidateQueries({ queryKey: attemptsQuery(this.#id).queryKey });
    if (entries.some(({ type }) => type === 'build' || type === 'end')) refreshLists();
  }
}

/** A truth that components can wait for. */
class WholeFlag {
  #value = false;
  readonly #listeners = new Set<() => void>();
  readonly get = (): boolean => this.#value;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: boolean): void {
    if (value === this.#value) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }
}

/** Lets the browser draw and handle what the user does; a timer would be held back to 4 ms. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
