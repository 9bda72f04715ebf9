/** Lines of a log that belong together, as whatever shows or searches them sees them. */
import type { LogEntry } from '../../../../model/journal.ts';

export type LogLine = Pick<LogEntry, 'stage' | 'attempt' | 'stream' | 'at' | 'text'>;

/** Numbered from 0, in the order in which they came. It grows at its end. */
export interface LogView {
  readonly length: number;
  line(index: number): LogLine;
  text(index: number): string;
}
