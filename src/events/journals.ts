/** The journals of all builds: `<dataDir>/builds/<id>/journal.ndjson`, one writer and any number of followers each. */
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { undefinedIfMissing } from '../missing-file.ts';
import { Bell } from './bell.ts';
import type { JournalLine, JournalPart, LogQuery } from './journal-part.ts';
import { endOfJournal, readJournal, readJournalLines } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';

/** How soon a follower sees what another process writes. */
const pollMs = 100;
/** How soon a follower notices that a build ended whose journal lacks its end. */
const quietMs = 1_000;
/** What a follower takes at a time, in bytes of the journal: each of them may hold another batch. */
const batchBytes = 64 << 10;
/** How much of what was read last is kept for the other followers, who mostly stand at the same place. */
const sharedBytes = 4 << 20;

interface Batch {
  lines: Promise<readonly JournalLine[]>;
  sizeBytes: number;
}

export class Journals {
  readonly #dataDir: string;
  readonly #followers = new Map<string, Set<Bell>>();
  /** Builds whose writer is in this process: its bell rings. */
  readonly #writing = new Set<string>();
  /** What followers read last, by build and position. A journal only grows, so it stays true; see `cutBytes` for the exception. */
  readonly #batches = new Map<string, Batch>();
  #batchesBytes = 0;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Runs `write` with a build's journal open for writing; only the holder of the build's lease may. */
  async with<Result>(buildId: string, write: (journal: JournalWriter) => Promise<Result>): Promise<Result> {
    const journal = await JournalWriter.open(this.#path(buildId), () => this.#ring(buildId));
    // Some of what was read is no longer there.
    if (journal.cutBytes > 0) this.#forgetBuild(buildId);
    this.#writing.add(buildId);
    try {
      return await write(journal);
    } finally {
      this.#writing.delete(buildId);
      await journal.close().finally(() => this.#ring(buildId));
    }
  }

  /** See readJournal. */
  read(buildId: string, query: LogQuery): Promise<JournalPart> {
    return readJournal(this.#path(buildId), query);
  }

  /** The position after the last entry that is there now. */
  end(buildId: string): Promise<number> {
    return endOfJournal(this.#path(buildId));
  }

  /**
   * Every entry after a position, then new ones as they come. Ends when `isOver` says that the build has ended and the
   * journal has nothing more, or when `signal` fires. Followers at the same place get the same batch, not a copy of it.
   * @throws LdfError `request.invalid` when `after` is no position of the journal.
   */
  async *follow(
    buildId: string,
    after: number,
    isOver: () => Promise<boolean>,
    signal: AbortSignal,
  ): AsyncGenerator<readonly JournalLine[]> {
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
        const lines = await this.#readShared(buildId, position);
        const last = lines.at(-1);
        if (last) {
          position = last.id;
          endLikely = last.type === 'end';
          yield lines;
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

  /** Ids of all builds that have a journal. */
  async list(): Promise<string[]> {
    return (await readdir(join(this.#dataDir, 'builds')).catch(undefinedIfMissing)) ?? [];
  }

  async remove(buildId: string): Promise<void> {
    this.#forgetBuild(buildId);
    // Whoever lost its lease may still be putting a file there.
    await rm(dirname(this.#path(buildId)), { recursive: true, force: true, maxRetries: 3 });
  }

  /** Two hundred followers of one build cost hardly more than one: what one has read, the others take. */
  async #readShared(buildId: string, after: number): Promise<readonly JournalLine[]> {
    const place = `${buildId} ${after}`;
    const known = this.#batches.get(place);
    if (known) return known.lines;
    const batch: Batch = { lines: readJournalLines(this.#path(buildId), after, batchBytes), sizeBytes: 0 };
    this.#batches.set(place, batch);
    try {
      const lines = await batch.lines;
      this.#measure(place, batch, (lines.at(-1)?.id ?? after) - after);
      return lines;
    } catch (error) {
      this.#forget(place);
      throw error;
    }
  }

  /** Keeps a batch that has something in it, and gives up the oldest ones for it. */
  #measure(place: string, batch: Batch, sizeBytes: number): void {
    if (this.#batches.get(place) !== batch) return;
    if (sizeBytes === 0) this.#batches.delete(place);
    batch.sizeBytes = sizeBytes;
    this.#batchesBytes += sizeBytes;
    for (const oldest of this.#batches.keys()) {
      if (this.#batchesBytes <= sharedBytes) return;
      this.#forget(oldest);
    }
  }

  #forgetBuild(buildId: string): void {
    for (const place of this.#batches.keys()) if (place.startsWith(`${buildId} `)) this.#forget(place);
  }

  #forget(place: string): void {
    this.#batchesBytes -= this.#batches.get(place)?.sizeBytes ?? 0;
    this.#batches.delete(place);
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
