/** Lines of a log that belong together, as whatever shows or searches them sees them. */
import type { LogEntry, PhaseEntry } from '../../../../model/journal.ts';
import type { StageState } from '../../../../model/stage-run.ts';
import type { StageName } from '../../../../stages/names.ts';

export type LogLine = Pick<LogEntry, 'stage' | 'attempt' | 'stream' | 'at' | 'text'>;

/** Numbered from 0, in the order in which they came. It grows at its end. */
export interface LogView {
  readonly length: number;
  line(index: number): LogLine;
  text(index: number): string;
}

/** One attempt at a stage, with what its lines are folded by. It grows as its lines do; lines are numbered from 0 in it. */
export interface LogAttempt {
  readonly stage: StageName;
  readonly attempt: number;
  readonly state: StageState;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly length: number;
  /** Lines that tell of an error, ascending. */
  readonly errors: readonly number[];
  /** In order; `from` is the first line of each. */
  readonly phases: readonly (Pick<PhaseEntry, 'phase' | 'item' | 'at'> & { from: number })[];
}

export interface ShownAttempt {
  attempt: LogAttempt;
  /** Of each of its lines the number in the view, ascending; undefined when it is the same. */
  numbers: readonly number[] | undefined;
}
