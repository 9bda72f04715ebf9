/** What changes in the lists, across lost connections. */
import { Change } from '../model/change.ts';
import type { Http } from './http.ts';
import { eventsAcrossConnections, type Reconnect } from './reconnect.ts';

/** A change with its number: what one continues after. */
export interface NumberedChange {
  id: number;
  change: Change;
}

export interface ChangeOptions {
  /** The number of the newest change that was seen; undefined: the first is `reset`. */
  after?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called when a connection has been made. */
  onConnected?: () => void;
  reconnect?: Partial<Reconnect>;
}

/** Does not end by itself. @throws as `eventsAcrossConnections` does. */
export async function* followChanges(
  http: Http,
  path: string,
  { after, reconnect, ...options }: ChangeOptions,
): AsyncGenerator<NumberedChange> {
  let last = after;
  const events = eventsAcrossConnections(http, path, { lastId: () => last, reconnect, signal: undefined, ...options });
  for await (const { id, data } of events) {
    last = Number(id);
    yield { id: last, change: http.check(Change, JSON.parse(data)) };
  }
}
