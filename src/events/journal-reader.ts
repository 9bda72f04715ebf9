/**
 * Reads a build's journal: one JSON entry a line, addressed by the byte offset just after it. Reading ends at the first line
 * that is no entry: after a power cut a file may hold zeros or what was in its blocks before. Whoever takes the journal over
 * cuts it off there.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { LdfError } from '../errors.ts';
import { undefinedIfMissing } from '../missing-file.ts';
import type { JournalEntry } from '../model/journal.ts';
import { entryIn, JournalLine, type JournalPart, type LogQuery, type PlacedEntry } from './journal-part.ts';

const chunkBytes = 256 << 10;
/** Longer than any entry: log lines are cut, and what a stage tells of its failure is bounded. */
const longestEntryBytes = 32 << 20;
/** What one read returns at the most, in bytes of the file, however many entries are asked for. */
const answerBytes = 32 << 20;
const newline = 0x0a;

/**
 * Entries after a position, oldest first. `next` is where to read on; it equals `after` when there is nothing more.
 * A journal that does not exist yet is empty. A last line without its end is not there yet.
 * @throws LdfError `request.invalid` when `after` is not the end of an entry.
 */
export async function readJournal(path: string, query: LogQuery): Promise<JournalPart> {
  const entries: PlacedEntry[] = [];
  const { maxBytes = answerBytes } = query;
  let next = query.after;
  let givenBytes = 0;
  await readFrom(path, query.after, ({ id, entry }) => {
    const sizeBytes = id - next;
    next = id;
    if (matches(entry, query)) {
      entries.push({ id, entry });
      givenBytes += sizeBytes;
    }
    return entries.length < query.limit && givenBytes < maxBytes && next - query.after < answerBytes;
  });
  return { entries, next };
}

/**
 * Where a journal ends now: the end of its last whole entry. It is looked for from the end of the file; only where that is
 * damaged, from its beginning. 0 for a journal that is not there yet.
 */
export async function endOfJournal(path: string): Promise<number> {
  const file = await openIfThere(path);
  if (!file) return 0;
  try {
    const end = await lineEndBefore(file, (await file.stat()).size);
    if (end === 0) return 0;
    const start = await lineEndBefore(file, end - 1);
    if (end - start <= longestEntryBytes) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(end - 1 - start), 0, end - 1 - start, start);
      if (entryIn(buffer.subarray(0, bytesRead))) return end;
    }
    let last = 0;
    for await (const { id } of scanJournal(file)) last = id;
    return last;
  } finally {
    await file.close();
  }
}

/** The position after the last line end before `position`; 0 without one. */
async function lineEndBefore(file: FileHandle, position: number): Promise<number> {
  for (let end = position; end > 0; ) {
    const start = Math.max(0, end - chunkBytes);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(end - start), 0, end - start, start);
    const found = buffer.subarray(0, bytesRead).lastIndexOf(newline);
    if (found >= 0) return start + found + 1;
    end = start;
  }
  return 0;
}

/** The lines after a position, `maxBytes` of the file or a little more at the most. @throws as readJournal does. */
export async function readJournalLines(path: string, after: number, maxBytes: number): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  await readFrom(path, after, ({ id, json }) => {
    lines.push(new JournalLine(id, json));
    return id - after < maxBytes;
  });
  return lines;
}

/** Every whole entry of an open journal, from its beginning to its end or to where it is damaged. */
export async function* scanJournal(file: FileHandle): AsyncGenerator<PlacedEntry> {
  for await (const read of readBlocks(file, 0)) yield* read;
}

/**
 * How much of an open journal is damaged, in bytes: what follows on its last whole entry, which ends at `from`, unless that
 * is but the beginning of an entry that was not written to its end.
 */
export async function damagedBytes(file: FileHandle, from: number): Promise<number> {
  const { size } = await file.stat();
  if (size === from) return 0;
  for (let position = from; position < size; position += chunkBytes) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
    const part = buffer.subarray(0, bytesRead);
    if (part.includes(newline) || part.includes(0)) return size - from;
  }
  return 0;
}

/** Gives line after line to `take`, until that says no. */
async function readFrom(path: string, after: number, take: (read: ReadEntry) => boolean): Promise<void> {
  const file = await openIfThere(path);
  if (!file) {
    if (after !== 0) throw badPosition(after);
    return;
  }
  try {
    await checkPosition(file, after);
    for await (const block of readBlocks(file, after)) for (const read of block) if (!take(read)) return;
  } finally {
    await file.close();
  }
}

interface ReadEntry extends PlacedEntry {
  json: string;
}

/** The entries of one block of the file after the other, up to where the file ends now or is damaged. */
async function* readBlocks(file: FileHandle, from: number): AsyncGenerator<ReadEntry[]> {
  const { size } = await file.stat();
  let position = from;
  let rest: Buffer = Buffer.alloc(0);
  while (position < size) {
    const length = Math.min(chunkBytes, size - position);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) return;
    const block = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    const blockStart = position - rest.length;
    position += bytesRead;
    const entries: ReadEntry[] = [];
    let start = 0;
    for (let end = block.indexOf(newline); end >= 0; end = block.indexOf(newline, start)) {
      const found = entryIn(block.subarray(start, end));
      if (!found) return yield entries;
      entries.push({ id: blockStart + end + 1, ...found });
      start = end + 1;
    }
    yield entries;
    rest = block.subarray(start);
    if (rest.length > longestEntryBytes) return;
  }
}

function matches(entry: JournalEntry, { stage, attempt }: LogQuery): boolean {
  if (stage === undefined && attempt === undefined) return true;
  if (entry.type === 'build' || entry.type === 'end') return false;
  return (stage === undefined || entry.stage === stage) && (attempt === undefined || entry.attempt === attempt);
}

async function checkPosition(file: FileHandle, position: number): Promise<void> {
  if (position === 0) return;
  if (!Number.isSafeInteger(position) || position < 0) throw badPosition(position);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, position - 1);
  if (bytesRead !== 1 || buffer[0] !== newline) throw badPosition(position);
}

function badPosition(position: number): LdfError {
  return new LdfError('request.invalid', 'The position is not one of this journal.', {
    details: [
      {
        pointer: '/after',
        message: 'is not the end of an entry',
        value: String(position),
        hint: 'Take the id of the last entry that was read, or 0 for the beginning.',
      },
    ],
  });
}

function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch(undefinedIfMissing);
}
