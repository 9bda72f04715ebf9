/**
 * From the entries of a container's log to whole lines, each with the position from which reading continues after it.
 *
 * Docker stamps every entry, splits lines over 16 KiB into several entries (only the last ends in a newline), and stamps
 * stdout and stderr apart, so that stamps may run backwards by some microseconds and lines of one stream may lie between
 * the pieces of the other's. What is stable is the order of entries. A position therefore names an anchor, an entry
 * before which no line was open, and counts the lines completed from there on: reading continues by finding the anchor
 * again and dropping that many lines. For a line of one piece that is its own stamp and, nearly always, the count 1.
 */
import { LdfError } from '../../errors.ts';
import type { LogLine, LogPosition } from '../runtime.ts';
import type { Frame } from './frames.ts';

/** A longer line is cut and marked, so that a stage cannot fill our memory with one line. */
export const maxLineBytes = 1 << 20;

/** How much before the anchor's stamp reading starts again: what stamps may run backwards, with much to spare. */
export const resumeMarginMs = 5_000;

/** Stamps remembered in order to see that one comes again. */
const recentStamps = 1024;

interface OpenLine {
  pieces: Buffer[];
  keptBytes: number;
  totalBytes: number;
}

/** Assembles one reading of one log. */
export class LogAssembler {
  readonly #open = new Map<Frame['stream'], OpenLine>();
  readonly #seen = new Set<string>();
  /** The anchor still to be found, when reading continues from a position. */
  #sought: string | undefined;
  /** Lines after the anchor that were delivered before. */
  #known: number;
  #anchor: LogPosition | undefined;
  #position: LogPosition | undefined;
  #lastStamp = '';

  /** `after`: the position of the last line of an earlier reading, if there was one. */
  constructor(after?: LogPosition) {
    this.#sought = after?.timestamp;
    this.#known = after?.count ?? 0;
    this.#position = after;
  }

  /** The position after the last line delivered. */
  get position(): LogPosition | undefined {
    return this.#position;
  }

  /** Takes the next entry and returns the line it completes, if any that is new. */
  push(frame: Frame): LogLine | undefined {
    const { stamp, text } = splitStamp(frame.payload);
    const again = this.#recognise(stamp);
    if (this.#sought !== undefined && stamp !== this.#sought) return undefined;
    this.#sought = undefined;
    // A stamp that comes again could be taken for its earlier self: the anchor stays where it is and the count continues.
    if (!this.#anchor || (this.#open.size === 0 && !again)) this.#anchor = { timestamp: stamp, count: 0 };
    this.#lastStamp = stamp;
    const whole = text.at(-1) === newline;
    const line = this.#append(frame.stream, whole ? text.subarray(0, -1) : text);
    if (!whole) return undefined;
    this.#open.delete(frame.stream);
    return this.#complete(frame.stream, line);
  }

  /**
   * The lines still open when the container has ended: its last words without a newline.
   * @throws LdfError `internal` when the log is not the one the position came from.
   */
  end(): LogLine[] {
    if (this.#sought !== undefined && this.#seen.size > 0)
      throw new LdfError('internal', `The log no longer has the entry of ${this.#sought} where reading stopped.`, {
        hint: "Something rotated or truncated the container's log; retry the build.",
      });
    const lines = [...this.#open].map(([stream, line]) => this.#complete(stream, line));
    this.#open.clear();
    return lines.filter((line) => line !== undefined);
  }

  /** Whether `stamp` came before; remembers it. */
  #recognise(stamp: string): boolean {
    if (this.#seen.has(stamp)) return true;
    this.#seen.add(stamp);
    if (this.#seen.size > recentStamps) {
      const [oldest] = this.#seen;
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
    return false;
  }

  #append(stream: Frame['stream'], piece: Buffer): OpenLine {
    const line = this.#open.get(stream) ?? { pieces: [], keptBytes: 0, totalBytes: 0 };
    this.#open.set(stream, line);
    const kept = piece.subarray(0, maxLineBytes - line.keptBytes);
    // A copy: a piece that waits would keep the whole chunk of the stream in memory.
    if (kept.length > 0) line.pieces.push(Buffer.from(kept));
    line.keptBytes += kept.length;
    line.totalBytes += piece.length;
    return line;
  }

  #complete(stream: Frame['stream'], line: OpenLine): LogLine | undefined {
    if (!this.#anchor) return undefined;
    this.#anchor = { timestamp: this.#anchor.timestamp, count: this.#anchor.count + 1 };
    if (this.#known > 0) {
      this.#known--;
      return undefined;
    }
    this.#position = this.#anchor;
    return { stream, timestamp: this.#lastStamp, text: textOf(line), position: this.#anchor };
  }
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/** An entry with `timestamps` is the stamp (RFC 3339, nanoseconds), a space, and what the container wrote. */
function splitStamp(payload: Buffer): { stamp: string; text: Buffer } {
  const end = payload.indexOf(space);
  if (end < 0) throw new LdfError('internal', 'Docker sent a log entry without a time stamp.');
  return { stamp: payload.toString('latin1', 0, end), text: payload.subarray(end + 1) };
}

/** Bytes that are not UTF-8 become U+FFFD. */
function textOf(line: OpenLine): string {
  const bytes = line.pieces.length === 1 && line.pieces[0] ? line.pieces[0] : Buffer.concat(line.pieces);
  const text = bytes.toString('utf8', 0, bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length);
  return line.totalBytes > line.keptBytes ? `${text} … [cut: the line has ${line.totalBytes} bytes]` : text;
}
