/** What is read of a journal, and how it is asked for. */
import { isUtf8 } from 'node:buffer';
import { LdfError, printable } from '../errors.ts';
import { JournalEntry } from '../model/journal.ts';
import type { StageName } from '../stages/names.ts';

/** A journal entry with the position just after it, in bytes of the journal file. */
export interface PlacedEntry {
  id: number;
  entry: JournalEntry;
}

/** An entry as it lies in the file, one line of JSON: who only passes it on does not pay for looking into it. */
export class JournalLine implements PlacedEntry {
  readonly id: number;
  readonly json: string;

  constructor(id: number, json: string) {
    this.id = id;
    this.json = json;
  }

  /** The writer puts the type first. @throws LdfError `internal` when this is no entry. */
  get type(): JournalEntry['type'] {
    const end = this.json.indexOf('"', typePrefix.length);
    const type = entryTypes.get(this.json.slice(typePrefix.length, end));
    if (type && this.json.startsWith(typePrefix)) return type;
    throw noEntry(this.json);
  }

  /** Decoded anew each time. @throws LdfError `internal` when this is no entry. */
  get entry(): JournalEntry {
    const parsed = JournalEntry.safeParse(JSON.parse(this.json));
    if (parsed.success) return parsed.data;
    throw noEntry(this.json, parsed.error);
  }
}

/** The entry in a line of a journal file, without its line end; undefined when the line is none: it was damaged. */
export function entryIn(line: Buffer): { json: string; entry: JournalEntry } | undefined {
  if (!isUtf8(line)) return undefined;
  const json = line.toString('utf8');
  if (!json.startsWith(typePrefix)) return undefined;
  try {
    const { success, data } = JournalEntry.safeParse(JSON.parse(json));
    return success ? { json, entry: data } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const typePrefix = '{"type":"';
const entryTypes = new Map<string, JournalEntry['type']>(
  JournalEntry.options.map(({ shape: { type } }) => [type.value, type.value]),
);

function noEntry(json: string, cause?: unknown): LdfError {
  return new LdfError('internal', `A journal holds something else than entries: ${printable(json)}.`, { cause });
}

export interface LogQuery {
  stage?: StageName | undefined;
  attempt?: number | undefined;
  /** Position to read on from; 0 = the beginning. @throws LdfError `request.invalid` when it is no position of this journal. */
  after: number;
  limit: number;
  /** How many bytes of entries at the most; one entry is always given. Default: what one read returns. */
  maxBytes?: number | undefined;
}

export interface JournalPart {
  entries: PlacedEntry[];
  /** Where to read on; equals `after` when there is nothing more. */
  next: number;
}
