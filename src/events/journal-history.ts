/** What a journal already tells when somebody takes it up: so that nothing is written twice, and log reading resumes. */
import type { BuildState } from '../model/build.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { StageState } from '../model/stage-run.ts';
import type { StageName } from '../stages/names.ts';

type LogPosition = NonNullable<Extract<JournalEntry, { type: 'log' }>['position']>;

/** What a line of log takes besides its text, in bytes: empty lines fill a disk, too. */
const lineCostBytes = 64;

/** What a line counts for in the limit on a stage's log, in bytes. */
export function logCost(text: string): number {
  return Buffer.byteLength(text) + lineCostBytes;
}

export interface AttemptHistory {
  /** The last state that was told; undefined when there are only log lines. */
  state: StageState | undefined;
  /** Where the container's log was read up to. */
  position: LogPosition | undefined;
  /** What the log has cost so far; see logCost. */
  logBytes: number;
  /** Whether the attempt's container has said anything. */
  heard: boolean;
}

export class JournalHistory {
  /** The last state of the build that was told. */
  build: BuildState | undefined;
  /** Whether the last entry is `end`. */
  ended = false;
  readonly #attempts = new Map<string, AttemptHistory>();

  /** Takes in the next entry. */
  add(entry: JournalEntry): void {
    this.ended = entry.type === 'end';
    if (entry.type === 'build') this.build = entry.state;
    if (entry.type === 'build' || entry.type === 'end') return;
    const attempt = this.#of(entry.stage, entry.attempt);
    if (entry.type === 'stage') attempt.state = entry.state;
    if (entry.type === 'progress') attempt.heard = true;
    if (entry.type === 'phase' || (entry.type === 'log' && entry.stream !== 'ldf')) {
      attempt.heard = true;
      attempt.position = entry.position ?? { timestamp: entry.at, count: 1 };
    }
    if (entry.type === 'log' && entry.stream !== 'ldf') attempt.logBytes += logCost(entry.text);
  }

  attempt(stage: StageName, attempt: number): AttemptHistory {
    return { ...this.#of(stage, attempt) };
  }

  #of(stage: StageName, attempt: number): AttemptHistory {
    const name = `${stage}/${attempt}`;
    const known = this.#attempts.get(name);
    if (known) return known;
    const unknown = { state: undefined, position: undefined, logBytes: 0, heard: false };
    this.#attempts.set(name, unknown);
    return unknown;
  }
}
