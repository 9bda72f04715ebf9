/** The journal of a build as it grows: every entry once, across lost connections. */
import { JournalEntry } from '../model/journal.ts';
import type { Http } from './http.ts';
import { eventsAcrossConnections, type Reconnect } from './reconnect.ts';

/** A journal entry with the position just after it. */
export interface PlacedEntry {
  id: number;
  entry: JournalEntry;
}

export interface EventOptions {
  /** Position to continue after; 0 is the beginning. */
  after?: number | undefined;
  signal?: AbortSignal | undefined;
  reconnect?: Partial<Reconnect>;
}

/** Ends after the build's `end`. @throws as `eventsAcrossConnections` does. */
export async function* followBuild(
  http: Http,
  path: string,
  { after = 0, signal, reconnect }: EventOptions,
): AsyncGenerator<PlacedEntry> {
  let position = after;
  for await (const { id, data } of eventsAcrossConnections(http, path, { lastId: () => position, signal, reconnect })) {
    const placed = { id: Number(id), entry: http.check(JournalEntry, JSON.parse(data)) };
    const ended = placed.entry.type === 'end';
    // `end` may come again, at the position where it was seen before.
    if (placed.id <= position && !ended) continue;
    position = placed.id;
    yield placed;
    if (ended) return;
  }
}
