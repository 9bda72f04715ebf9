/** What is read of a journal, and how it is asked for. */
import type { JournalEntry } from '../shapes/shapes.ts';
import type { StageName } from '../stages/names.ts';

/** A journal entry with the position just after it, in bytes of the journal file. */
export interface PlacedEntry {
  id: number;
  entry: JournalEntry;
}

export interface LogQuery {
  stage?: StageName | undefined;
  attempt?: number | undefined;
  /** Position to read on from; 0 = the beginning. @throws LdfError `request.invalid` when it is no position of this journal. */
  after: number;
  limit: number;
}

export interface JournalPart {
  entries: PlacedEntry[];
  /** Where to read on; equals `after` when there is nothing more. */
  next: number;
}
