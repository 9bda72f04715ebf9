/** Answers of stage images to queries, kept in files of the data folder: whole lists, in which a search is quick. */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type * as z from 'zod';
import { LdfError } from '../../errors.ts';
import { isMissingFile, undefinedIfMissing } from '../../missing-file.ts';
import { contentHash } from '../../plan/canonical.ts';
import { placeAtomically } from '../../write-atomically.ts';
import type { Clock } from '../core/clock.ts';

export interface AnswerBounds {
  /** How long an answer about something that changes is good for. */
  answerMaxAgeMs: number;
  /** How long an old answer does when no newer one can be had. */
  answerRetryMs: number;
  /** Files of one kind, and answers of it in memory. */
  answersKept: number;
  answersInMemory: number;
}

interface Held<Entry> {
  entries: readonly Entry[];
  /** Milliseconds since the epoch. */
  goodUntil: number;
}

/** Answers of one kind. */
export class Answers<Entry> {
  readonly #memory = new Map<string, Held<Entry>>();
  readonly #asking = new Map<string, Promise<readonly Entry[]>>();
  readonly #reading = new Map<string, Promise<readonly Entry[] | undefined>>();

  /** @param options.lasting answers that never change */
  constructor(
    private readonly options: {
      kind: string;
      folder: string;
      entry: z.ZodType<Entry>;
      lasting: boolean;
      bounds: AnswerBounds;
      clock: Pick<Clock, 'now'>;
      logger: Logger;
    },
  ) {}

  /**
   * The answer to the question that `of` is, as kept or else from `ask`. Those who want the same wait for one answer.
   * An old one does when `ask` fails. @throws what `ask` throws.
   */
  async get(of: unknown, ask: () => Promise<Entry[]>): Promise<readonly Entry[]> {
    const id = this.#idOf(of);
    const held = this.#held(id);
    if (held) return held;
    const asking = this.#asking.get(id) ?? this.#renew(id, ask).finally(() => this.#asking.delete(id));
    this.#asking.set(id, asking);
    return asking;
  }

  /** The answer as it is kept, while it is good; undefined otherwise. Nobody is asked. */
  async kept(of: unknown): Promise<readonly Entry[] | undefined> {
    const id = this.#idOf(of);
    const held = this.#held(id);
    if (held) return held;
    // The lists are long: several that want one at once read it once, and one that is out of date is not read at all.
    const reading = this.#reading.get(id) ?? this.#readGood(id).finally(() => this.#reading.delete(id));
    this.#reading.set(id, reading);
    return reading;
  }

  async #readGood(id: string): Promise<readonly Entry[] | undefined> {
    const file = await stat(this.#path(id)).catch(undefinedIfMissing);
    if (!file || this.#now() >= file.mtimeMs + this.#goodForMs) return undefined;
    const kept = await this.#read(id);
    return kept && this.#ifGood(id, kept);
  }

  /** What is in memory, while it is good. */
  #held(id: string): readonly Entry[] | undefined {
    const held = this.#memory.get(id);
    return held && this.#now() < held.goodUntil ? this.#remember(id, held) : undefined;
  }

  /** What was read from its file, while it is good; then it is in memory as well. */
  #ifGood(id: string, { entries, at }: { entries: readonly Entry[]; at: number }): readonly Entry[] | undefined {
    const goodUntil = at + this.#goodForMs;
    return this.#now() < goodUntil ? this.#remember(id, { entries, goodUntil }) : undefined;
  }

  get #goodForMs(): number {
    return this.options.lasting ? Number.POSITIVE_INFINITY : this.options.bounds.answerMaxAgeMs;
  }

  async #renew(id: string, ask: () => Promise<Entry[]>): Promise<readonly Entry[]> {
    const { bounds, logger } = this.options;
    const kept = await this.#read(id);
    const good = kept && this.#ifGood(id, kept);
    if (good) return good;
    try {
      const entries = await ask();
      await this.#write(id, entries);
      return this.#remember(id, { entries, goodUntil: this.#now() + this.#goodForMs });
    } catch (error) {
      if (!kept || !(error instanceof LdfError)) throw error;
      logger.warn({ err: error, answer: id }, 'an answer could not be renewed; the old one is given');
      return this.#remember(id, { entries: kept.entries, goodUntil: this.#now() + bounds.answerRetryMs });
    }
  }

  #remember(id: string, held: Held<Entry>): readonly Entry[] {
    this.#memory.delete(id);
    this.#memory.set(id, held);
    const [oldest] = this.#memory.keys();
    if (oldest !== undefined && this.#memory.size > this.options.bounds.answersInMemory) this.#memory.delete(oldest);
    return held.entries;
  }

  /** undefined when there is none, or none that can be read. */
  async #read(id: string): Promise<{ entries: Entry[]; at: number } | undefined> {
    const path = this.#path(id);
    try {
      const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
      return { entries: this.options.entry.array().parse(JSON.parse(text)), at: mtimeMs };
    } catch (error) {
      if (!isMissingFile(error))
        this.options.logger.warn({ err: error, path }, 'a kept answer could not be read; it is asked for anew');
      return undefined;
    }
  }

  async #write(id: string, entries: readonly Entry[]): Promise<void> {
    await mkdir(this.options.folder, { recursive: true });
    await placeAtomically(this.#path(id), async (file) => {
      await file.writeFile(JSON.stringify(entries));
      const now = this.options.clock.now();
      await file.utimes(now, now);
    });
    await this.#dropOldest();
  }

  async #dropOldest(): Promise<void> {
    const { folder, kind, bounds } = this.options;
    const names = (await readdir(folder)).filter((name) => name.startsWith(`${kind}-`) && name.endsWith('.json'));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        // Another query may have dropped it by now.
        const stats = await stat(path).catch(undefinedIfMissing);
        return stats ? [{ path, at: stats.mtimeMs }] : [];
      }),
    );
    const newestFirst = files.flat().sort((a, b) => b.at - a.at);
    for (const { path } of newestFirst.slice(bounds.answersKept)) await rm(path, { force: true });
  }

  #idOf(of: unknown): string {
    return `${this.options.kind}-${contentHash(of).slice(0, 32)}`;
  }

  #path(id: string): string {
    return join(this.options.folder, `${id}.json`);
  }

  #now(): number {
    return this.options.clock.now().getTime();
  }
}
