/** One line of a log: its number, which is a link to it, and what a terminal would show of it. */
import { memo, type Ref } from 'react';
import { type AnsiColor, ansiPieces, type Piece, plainText } from './ansi.ts';
import { tellsOfError } from './first-error.ts';
import classes from './log.module.css';
import type { LogLine as Line } from './log-view.ts';

export interface LineLooks {
  times: boolean;
  /** What is marked in it. */
  pattern: RegExp | undefined;
}

interface LogLineProps extends LineLooks {
  line: Line;
  /** From 0. */
  index: number;
  /** Its place among the rows that are shown. */
  row: number;
  offset: number;
  chosen: boolean;
  /** The match that the search stands at. */
  current: boolean;
  onChoose: (index: number) => void;
  measure: Ref<HTMLDivElement> | undefined;
}

const clock = new Intl.DateTimeFormat(undefined, {
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' },
} as const);

export const LogLine = memo(function LogLine(props: LogLineProps) {
  const { line, index, row, offset, chosen, current, onChoose, measure } = props;
  return (
    <div
      ref={measure}
      className={classes.line}
      style={{ transform: `translateY(${offset}px)` }}
      data-index={row}
      data-stream={line.stream}
      data-chosen={chosen || undefined}
      data-match={current || undefined}
      data-error={tellsOfError(plainText(line.text)) || undefined}
    >
      <a
        className={classes.number}
        href={`#L${index + 1}`}
        tabIndex={-1}
        title="Link to this line"
        onClick={(event) => {
          event.preventDefault();
          onChoose(index);
        }}
      >
        {index + 1}
      </a>
      {props.times && (
        <time className={classes.time} dateTime={line.at} title={line.at}>
          {clock.format(Date.parse(line.at))}
        </time>
      )}
      <span className={classes.text}>
        {ansiPieces(line.text).map((piece, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line never changes
          <PieceOfLine key={place} piece={piece} pattern={props.pattern} />
        ))}
      </span>
    </div>
  );
});

const backgroundClasses = {
  black: 'onBlack',
  red: 'onRed',
  green: 'onGreen',
  yellow: 'onYellow',
  blue: 'onBlue',
  magenta: 'onMagenta',
  cyan: 'onCyan',
  white: 'onWhite',
} as const satisfies Record<AnsiColor, string>;

function PieceOfLine({ piece, pattern }: { piece: Piece; pattern: RegExp | undefined }) {
  const { text, color, background, bold, dim, italic, underline } = piece;
  const marked = pattern ? marks(text, pattern) : text;
  const names = [
    background ? classes[backgroundClasses[background]] : color && classes[color],
    bold && classes.bold,
    dim && !color && !background && classes.dim,
    italic && classes.italic,
    underline && classes.underline,
  ].filter(Boolean);
  return names.length === 0 ? marked : <span className={names.join(' ')}>{marked}</span>;
}

/** The text with what matches marked; `pattern` never matches nothing. */
function marks(text: string, pattern: RegExp) {
  const all = new RegExp(pattern.source, `${pattern.flags}g`);
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(all)) {
    parts.push(text.slice(from, found.index), <mark key={found.index}>{found[0]}</mark>);
    from = found.index + found[0].length;
  }
  return parts.length === 0 ? text : [...parts, text.slice(from)];
}
