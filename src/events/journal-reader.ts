/** Reads a build's journal: one JSON entry a line, addressed by the byte offset just after it. */
import { type FileHandle, open } from 'node:fs/promises';
import { LdfError, printable } from '../errors.ts';
import { JournalEntry } from '../shapes/shapes.ts';
import type { JournalPart, LogQuery, PlacedEntry } from './journal-part.ts';

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
export async function readJournal(path: string, query: LogQuery, maxBytes = answerBytes): Promise<JournalPart> {
  const file = await openIfThere(path);
  if (!file) {
    if (query.after !== 0) throw badPosition(query.after);
    return { entries: [], next: 0 };
  }
  try {
    await checkPosition(file, query.after);
    const entries: PlacedEntry[] = [];
    let next = query.after;
    for await (const line of readLines(file, query.after)) {
      next = line.end;
      const entry = decode(line.text, path);
      if (matches(entry, query)) entries.push({ id: line.end, entry });
      if (entries.length >= query.limit || next - query.after >= maxBytes) break;
    }
    return { entries, next };
  } finally {
    await file.close();
  }
}

/** Every whole entry of an open journal, from its beginning. */
export async function* scanJournal(file: FileHandle, path: string): AsyncGenerator<PlacedEntry> {
  for await (const line of readLines(file, 0)) yield { id: line.end, entry: decode(line.text, path) };
}

async function* readLines(file: FileHandle, from: number): AsyncGenerator<{ text: string; end: number }> {
  let position = from;
  let rest: Buffer = Buffer.alloc(0);
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
    if (bytesRead === 0) return;
    const block = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    const blockStart = position - rest.length;
    position += bytesRead;
    let start = 0;
    for (let end = block.indexOf(newline); end >= 0; end = block.indexOf(newline, start)) {
      yield { text: block.toString('utf8', start, end), end: blockStart + end + 1 };
      start = end + 1;
    }
    rest = block.subarray(start);
    if (rest.length > longestEntryBytes) throw new LdfError('internal', 'A journal has an entry that is too long.');
  }
}

function decode(text: string, path: string): JournalEntry {
  const parsed = JournalEntry.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new LdfError('internal', `The journal ${path} holds something else than entries: ${printable(text)}.`, {
    cause: parsed.error,
  });
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

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
