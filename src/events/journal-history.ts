/** What a journal already tells when somebody takes it up: so that nothing is written twice, and log reading resumes. */
import type { BuildState, JournalEntry, StageState } from '../shapes/shapes.ts';
import type { StageName } from '../stages/names.ts';

type LogPosition = NonNullable<Extract<JournalEntry, { type: 'log' }>['position']>;

export interface AttemptHistory {
  /** The last state that was told; undefined when there are only log lines. */
  state: StageState | undefined;
  /** Where the container's log was read up to. */
  position: LogPosition | undefined;
  /** Bytes of log text so far. */
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
    if (entry.type === 'stage') this.#change(entry.stage, entry.attempt, { state: entry.state });
    if (entry.type === 'progress') this.#change(entry.stage, entry.attempt, { heard: true });
    if (entry.type === 'log' && entry.stream !== 'ldf')
      this.#change(entry.stage, entry.attempt, {
        heard: true,
        position: entry.position ?? { timestamp: entry.at, count: 1 },
        logBytes: this.attempt(entry.stage, entry.attempt).logBytes + Buffer.byteLength(entry.text),
      });
  }

  attempt(stage: StageName, attempt: number): AttemptHistory {
    const unknown = { state: undefined, position: undefined, logBytes: 0, heard: false };
    return this.#attempts.get(`${stage}/${attempt}`) ?? unknown;
  }

  #change(stage: StageName, attempt: number, change: Partial<AttemptHistory>): void {
    this.#attempts.set(`${stage}/${attempt}`, { ...this.attempt(stage, attempt), ...change });
  }
}
