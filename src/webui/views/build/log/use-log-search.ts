/** Searches a log while it is typed and while the log grows, a slice of a frame at a time. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { LogStore } from './log-store.ts';
import type { LogView } from './log-view.ts';
import { LogSearch } from './search.ts';

const sliceMs = 6;

export interface Found {
  matches: readonly number[];
  /** How many there are so far: `matches` grows in place. */
  count: number;
  /** Whether every line has been looked at. */
  done: boolean;
}

const nothing: Found = { matches: [], count: 0, done: true };

export function useLogSearch(log: LogStore, view: LogView, words: string): Found {
  const version = useSyncExternalStore(log.subscribe, log.version);
  const [search, setSearch] = useState<LogSearch>();
  const [found, setFound] = useState(nothing);
  useEffect(() => {
    setSearch(words === '' ? undefined : new LogSearch(view, words));
    setFound(words === '' ? nothing : { matches: [], count: 0, done: false });
  }, [view, words]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: there are new lines with each version
  useEffect(() => {
    if (!search) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const go = () => {
      const done = search.advance(sliceMs);
      setFound({ matches: search.matches, count: search.matches.length, done });
      if (!done) timer = setTimeout(go);
    };
    go();
    return () => clearTimeout(timer);
  }, [search, version]);
  return found;
}
