/** The lines of a log that are in sight, however many there are; follows its end until somebody scrolls up. */
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import classes from './log.module.css';
import { LogHeading } from './log-heading.tsx';
import { type LineLooks, LogLine } from './log-line.tsx';
import type { LogRows } from './log-rows.ts';
import type { LogStore } from './log-store.ts';
import type { LogView } from './log-view.ts';
import type { Section } from './sections.ts';

export const lineHeightPx = 19;
const headingHeightPx = 26;
const overscan = 15;
/** This near to the end is at the end. */
const endPx = 24;
/** Scrolling that comes so soon after a jump is the jump's own. */
const jumpMs = 400;

/** A line to be brought into sight; a new object for every time. */
export interface Jump {
  line: number;
}

interface LogLinesProps extends LineLooks {
  log: LogStore;
  view: LogView;
  rows: LogRows;
  onFold: (section: Section, open: boolean) => void;
  label: string;
  wrap: boolean;
  following: boolean;
  onFollow: (following: boolean) => void;
  jump: Jump | undefined;
  chosen: number | undefined;
  current: number | undefined;
  onChoose: (line: number) => void;
}

export function LogLines(props: LogLinesProps) {
  const { log, view, rows, onFold, wrap, following, onFollow, jump, chosen, current, onChoose, ...looks } = props;
  const version = useSyncExternalStore(log.subscribe, log.version);
  const scroller = useRef<HTMLDivElement>(null);
  const estimateSize = useCallback((row: number) => (rows.isHeading(row) ? headingHeightPx : lineHeightPx), [rows]);
  const getItemKey = useCallback((row: number) => rows.key(row), [rows]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    getItemKey,
    overscan,
    rangeExtractor: following ? lastOf(scroller.current?.clientHeight ?? 0) : defaultRangeExtractor,
  });
  const size = virtualizer.getTotalSize();
  const lastTop = useRef(0);
  const jumped = useRef<Jump>(undefined);
  const jumpedAt = useRef(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes of wrapped lines are not those of others
  useEffect(() => virtualizer.measure(), [wrap, view, virtualizer]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each of these the end moves
  useLayoutEffect(() => {
    if (following && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [version, size, following, view]);
  // Once, as soon as the line has a row: whatever comes or is folded later does not matter.
  useEffect(() => {
    if (!jump || jump === jumped.current) return;
    const row = rows.rowOf(jump.line);
    if (row === undefined) return;
    jumped.current = jump;
    jumpedAt.current = performance.now();
    virtualizer.scrollToIndex(row, { align: 'center' });
  }, [jump, rows, virtualizer]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const up = scrollTop < lastTop.current - 1;
    lastTop.current = scrollTop;
    if (performance.now() - jumpedAt.current < jumpMs) return;
    const atEnd = scrollHeight - scrollTop - clientHeight < endPx;
    if (atEnd && !following) onFollow(true);
    if (up && !atEnd && following) onFollow(false);
  };

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section ref={scroller} className={classes.scroller} onScroll={onScroll} tabIndex={0} aria-label={props.label}>
      <div className={classes.lines} style={{ height: size }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const row = rows.row(index);
          if ('heading' in row) return <LogHeading {...row} key={key} row={index} offset={start} onFold={onFold} />;
          const { line } = row;
          return (
            <LogLine
              {...looks}
              key={key}
              line={view.line(line)}
              index={line}
              row={index}
              offset={start}
              chosen={line === chosen}
              current={line === current}
              onChoose={onChoose}
              measure={wrap ? virtualizer.measureElement : undefined}
            />
          );
        })}
      </div>
    </section>
  );
}

/** The last lines, wherever the box is scrolled to now: it goes to the end once they are there. */
function lastOf(heightPx: number) {
  const visible = Math.ceil(heightPx / lineHeightPx) + overscan;
  return ({ count }: Range) => {
    const first = Math.max(0, count - visible);
    return Array.from({ length: count - first }, (_, index) => first + index);
  };
}
