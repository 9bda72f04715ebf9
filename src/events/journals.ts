/** The journals of all builds: `<dataDir>/builds/<id>/journal.ndjson`, one writer and any number of followers each. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LogQuery, PlacedEntry } from '../engine/service.ts';
import { Bell } from './bell.ts';
import { readJournal } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';

/** How soon a follower sees what another process writes. */
const pollMs = 100;
/** How soon a follower notices that a build ended whose journal lacks its end. */
const quietMs = 1_000;
/** What a follower takes at a time. */
const batchEntries = 1_000;

export class Journals {
  readonly #dataDir: string;
  readonly #followers = new Map<string, Set<Bell>>();
  /** Builds whose writer is in this process: its bell rings. */
  readonly #writing = new Set<string>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Runs `write` with a build's journal open for writing; only the holder of the build's lease may. */
  async with<Result>(buildId: string, write: (journal: JournalWriter) => Promise<Result>): Promise<Result> {
    const journal = await JournalWriter.open(this.#path(buildId), () => this.#ring(buildId));
    this.#writing.add(buildId);
    try {
      return await write(journal);
    } finally {
      this.#writing.delete(buildId);
      await journal.close().finally(() => this.#ring(buildId));
    }
  }

  /** See readJournal. */
  read(buildId: string, query: LogQuery): Promise<{ entries: PlacedEntry[]; next: number }> {
    return readJournal(this.#path(buildId), query);
  }

  /**
   * Every entry after a position, then new ones as they come. Ends when `isOver` says that the build has ended and the
   * journal has nothing more, or when `signal` fires.
   * @throws LdfError `request.invalid` when `after` is no position of the journal.
   */
  async *follow(
    buildId: string,
    after: number,
    isOver: () => Promise<boolean>,
    signal: AbortSignal,
  ): AsyncGenerator<PlacedEntry[]> {
    const bell = this.#subscribe(buildId);
    try {
      let position = after;
      // Asking is dear, so it is done only where an end is likely: at the start, after `end`, and now and then.
      let endLikely = true;
      let askAt = performance.now() + quietMs;
      while (!signal.aborted) {
        const ask = endLikely || performance.now() >= askAt;
        if (ask) askAt = performance.now() + quietMs;
        const over = ask && (await isOver());
        const { entries, next } = await this.read(buildId, { after: position, limit: batchEntries });
        if (entries.length > 0) {
          position = next;
          endLikely = entries.at(-1)?.entry.type === 'end';
          yield entries;
        } else if (over) {
          return;
        } else {
          await bell.wait(this.#writing.has(buildId) ? quietMs : pollMs, signal);
        }
      }
    } finally {
      this.#followers.get(buildId)?.delete(bell);
      if (this.#followers.get(buildId)?.size === 0) this.#followers.delete(buildId);
    }
  }

  async remove(buildId: string): Promise<void> {
    await rm(dirname(this.#path(buildId)), { recursive: true, force: true });
  }

  #path(buildId: string): string {
    return join(this.#dataDir, 'builds', buildId, 'journal.ndjson');
  }

  #subscribe(buildId: string): Bell {
    const bell = new Bell();
    const bells = this.#followers.get(buildId) ?? new Set();
    this.#followers.set(buildId, bells.add(bell));
    return bell;
  }

  #ring(buildId: string): void {
    for (const bell of this.#followers.get(buildId) ?? []) bell.ring();
  }
}
