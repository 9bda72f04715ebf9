/**
 * Writes a build's journal. There is one writer at a time: the holder of the build's lease. Each puts a copy of the journal
 * in its place before it writes (rename(2)), so that what a writer that lost its lease still writes is in nobody's way.
 */
import { randomUUID } from 'node:crypto';
import { constants, copyFile, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskFull, isDiskFull } from '../disk-full.ts';
import { FencedError } from '../fenced.ts';
import { isMissingFile, undefinedIfMissing } from '../missing-file.ts';
import type { JournalEntry } from '../model/journal.ts';
import { JournalHistory } from './journal-history.ts';
import { damagedBytes, scanJournal } from './journal-reader.ts';

/** What a build says may be secret. */
const ownerOnly = 0o600;
/** How long entries are gathered before they are written in one go. */
const gatherMs = 10;
/** Entries of this size are written without waiting. */
const batchBytes = 256 << 10;
/** With so much unwritten, `append` waits: whoever reads a log then reads it more slowly. */
const bufferBytes = 1 << 20;

export class JournalWriter {
  /** What the journal tells so far. */
  readonly history: JournalHistory;
  /** So much was cut off when it was taken over, because it was damaged; 0 is the rule. */
  readonly cutBytes: number;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #inode: number;
  readonly #written: () => void;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failure: unknown;

  private constructor(
    file: FileHandle,
    path: string,
    inode: number,
    { history, cutBytes }: Pick<JournalWriter, 'history' | 'cutBytes'>,
    written: () => void,
  ) {
    this.#file = file;
    this.#path = path;
    this.#inode = inode;
    this.history = history;
    this.cutBytes = cutBytes;
    this.#written = written;
  }

  /**
   * Takes a journal over or makes it, without a last line that was not written to its end, and without anything from the
   * first line on that is no entry; see `cutBytes`. `written` is called after each write. @throws LdfError `storage.full`; FencedError when somebody else takes it over at the same time.
   */
  static async open(path: string, written: () => void): Promise<JournalWriter> {
    const copy = `${path}.${randomUUID()}`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await removeCopies(path);
      await copyFile(path, copy, constants.COPYFILE_FICLONE).catch(undefinedIfMissing);
      return await JournalWriter.#putInPlace(copy, path, written);
    } catch (error) {
      await rm(copy, { force: true });
      throw isMissingFile(error) ? overtaken(path) : explain(error);
    }
  }

  static async #putInPlace(copy: string, path: string, written: () => void): Promise<JournalWriter> {
    const file = await open(copy, 'a+', ownerOnly);
    try {
      // A copy has the mode of what it is a copy of.
      await file.chmod(ownerOnly);
      const history = new JournalHistory();
      let size = 0;
      for await (const { id, entry } of scanJournal(file)) {
        history.add(entry);
        size = id;
      }
      const cutBytes = await damagedBytes(file, size);
      await file.truncate(size);
      if (size > 0) await file.datasync();
      const { ino } = await file.stat();
      await rename(copy, path);
      return new JournalWriter(file, path, ino, { history, cutBytes }, written);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Takes entries in; resolves when there is room for more, which is not yet when they are on disk. @throws what a write failed with; see flush. */
  async append(...entries: readonly JournalEntry[]): Promise<void> {
    this.#throwIfFailed();
    const block = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    for (const entry of entries) this.history.add(entry);
    this.#pending.push(block);
    this.#pendingBytes += block.length;
    if (this.#pendingBytes >= batchBytes) void this.#write();
    else this.#timer ??= setTimeout(() => void this.#write(), gatherMs);
    while (this.#pendingBytes > bufferBytes) {
      await this.#write();
      this.#throwIfFailed();
    }
  }

  /** Resolves when all that was appended can be read from the file. @throws what a write failed with: FencedError when somebody else writes. */
  async flush(): Promise<void> {
    while (this.#pendingBytes > 0 && this.#failure === undefined) await this.#write();
    await this.#writing;
    this.#throwIfFailed();
  }

  async close(): Promise<void> {
    try {
      await this.flush();
      await this.#file.datasync();
    } finally {
      clearTimeout(this.#timer);
      await this.#file.close();
    }
  }

  /** Never rejects: a failure is kept, and thrown at the next `append`, `flush` or `close`. */
  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writePending()
      .catch((error: unknown) => {
        this.#failure = explain(error);
      })
      .finally(() => {
        this.#writing = undefined;
      });
    return this.#writing;
  }

  async #writePending(): Promise<void> {
    while (this.#pendingBytes > 0) {
      const block = Buffer.concat(this.#pending);
      this.#pending = [];
      await this.#file.appendFile(block);
      if (!(await this.#isInPlace())) throw overtaken(this.#path);
      this.#pendingBytes -= block.length;
      this.#written();
    }
  }

  async #isInPlace(): Promise<boolean> {
    return (await stat(this.#path).catch(undefinedIfMissing))?.ino === this.#inode;
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

function overtaken(path: string): FencedError {
  return new FencedError(`Another process writes to the journal of build ${basename(dirname(path))}.`);
}

function explain(error: unknown): unknown {
  return isDiskFull(error) ? diskFull('the journal of the build', error) : error;
}

/** Copies that were not put in place: their makers were killed, or were overtaken and are not to put them there any more. */
async function removeCopies(path: string): Promise<void> {
  for (const name of await readdir(dirname(path)))
    if (name.startsWith(`${basename(path)}.`)) await rm(join(dirname(path), name), { force: true });
}
