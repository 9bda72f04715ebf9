/** Reads a build's journal: one JSON entry a line, addressed by the byte offset just after it. */
import { type FileHandle, open } from 'node:fs/promises';
import { LdfError } from '../errors.ts';
import { undefinedIfMissing } from '../missing-file.ts';
import type { JournalEntry } from '../shapes/shapes.ts';
import { JournalLine, type JournalPart, type LogQuery, type PlacedEntry } from './journal-part.ts';

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
  let next = query.after;
  await readFrom(path, query.after, (line) => {
    const { id, entry } = line;
    next = id;
    if (matches(entry, query)) entries.push({ id, entry });
    return entries.length < query.limit && next - query.after < answerBytes;
  });
  return { entries, next };
}

/** The lines after a position, `maxBytes` of the file or a little more at the most. @throws as readJournal does. */
export async function readJournalLines(path: string, after: number, maxBytes: number): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  await readFrom(path, after, (line) => {
    lines.push(line);
    return line.id - after < maxBytes;
  });
  return lines;
}

/** Every whole entry of an open journal, from its beginning. */
export async function* scanJournal(file: FileHandle): AsyncGenerator<PlacedEntry> {
  for await (const lines of readBlocks(file, 0)) yield* lines;
}

/** Gives line after line to `take`, until that says no. */
async function readFrom(path: string, after: number, take: (line: JournalLine) => boolean): Promise<void> {
  const file = await openIfThere(path);
  if (!file) {
    if (after !== 0) throw badPosition(after);
    return;
  }
  try {
    await checkPosition(file, after);
    for await (const lines of readBlocks(file, after)) for (const line of lines) if (!take(line)) return;
  } finally {
    await file.close();
  }
}

/** The lines of one block of the file after the other, up to where the file ends now. */
async function* readBlocks(file: FileHandle, from: number): AsyncGenerator<JournalLine[]> {
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
    const lines: JournalLine[] = [];
    let start = 0;
    for (let end = block.indexOf(newline); end >= 0; end = block.indexOf(newline, start)) {
      lines.push(new JournalLine(blockStart + end + 1, block.toString('utf8', start, end)));
      start = end + 1;
    }
    yield lines;
    rest = block.subarray(start);
    if (rest.length > longestEntryBytes) throw new LdfError('internal', 'A journal has an entry that is too long.');
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
