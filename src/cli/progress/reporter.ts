/** Who shows a build's progress: redrawn lines on a terminal, plain lines elsewhere. */
import type { Build } from '../../model/build.ts';
import type { JournalEntry } from '../../model/journal.ts';
import { isLive, type Terminal } from '../terminal.ts';
import { LineReporter } from './line-reporter.ts';
import { LiveReporter } from './live-reporter.ts';

export interface Reporter {
  /** The build as it stands before the first entry. */
  start(build: Build): void;
  /** `build` is the build after `entry`. */
  entry(build: Build, entry: JournalEntry): void;
  /** A line that stays, such as what Ctrl-C has set going. */
  note(line: string): void;
  /** Draws for the last time and ends its timers; may be called twice. */
  stop(): void;
}

/** @param logs print log lines too */
export function createReporter(terminal: Terminal, logs: boolean): Reporter {
  return isLive(terminal) ? new LiveReporter(terminal, logs) : new LineReporter(terminal, logs);
}
