/**
 * The lines of a build's log, in columns and outside of React's state: there may be hundreds of thousands. It only grows;
 * what shows it is told once a frame. Beside the lines stands what they are folded by: attempts at stages, and their phases.
 */
import type { JournalEntry, LogEntry, PhaseEntry } from '../../../../model/journal.ts';
import type { StageName } from '../../../../stages/names.ts';
import { plainText } from './ansi.ts';
import { tellsOfError } from './first-error.ts';
import type { LogAttempt, LogLine, LogView, ShownAttempt } from './log-view.ts';

type StageEntry = Extract<JournalEntry, { type: 'stage' }>;
type Run = Pick<LogLine, 'stage' | 'attempt' | 'stream'>;

export class LogStore {
  readonly #texts: string[] = [];
  readonly #times: string[] = [];
  readonly #runs: Run[] = [];
  readonly #views = new Map<string, number[]>();
  readonly #known = new Map<string, Run>();
  readonly #attempts = new Map<string, StoredAttempt>();
  readonly #listeners = new Set<() => void>();
  readonly #announce: () => void;
  #version = 0;

  /** @param oncePerFrame has work done once a frame, however often it is asked for */
  constructor(oncePerFrame: (work: () => void) => () => void) {
    this.#announce = oncePerFrame(() => {
      this.#version++;
      for (const listener of this.#listeners) listener();
    });
  }

  append({ stage, attempt, stream, at, text }: LogEntry): void {
    const index = this.#texts.push(text) - 1;
    this.#times.push(at);
    this.#runs.push(this.#run(stage, attempt, stream));
    const ofStage = this.#numbers(viewName(stage)).push(index) - 1;
    const known = this.#attempt(stage, attempt);
    known.ofStage.push(ofStage);
    const ofAttempt = this.#numbers(viewName(stage, attempt)).push(index) - 1;
    if (tellsOfError(plainText(text))) known.errors.push(ofAttempt);
    this.#announce();
  }

  /** What follows of this attempt belongs to the phase. */
  phase({ stage, attempt, at, phase, item }: PhaseEntry): void {
    const from = this.#numbers(viewName(stage, attempt)).length;
    this.#attempt(stage, attempt).phases.push({ phase, item, at, from });
    this.#announce();
  }

  /** When an attempt began and how it ended. */
  stage({ stage, attempt, at, state }: StageEntry): void {
    const known = this.#attempt(stage, attempt);
    known.state = state;
    if (state === 'running') known.startedAt = at;
    // In the order of their ends, so that what still runs comes last.
    if (state === 'running' || state === 'pending') known.endedAt = null;
    else {
      known.endedAt = at;
      this.#attempts.delete(viewName(stage, attempt));
      this.#attempts.set(viewName(stage, attempt), known);
    }
    this.#announce();
  }

  /** The attempts that a view shows, those that have ended first. */
  attempts(stage?: StageName, attempt?: number): ShownAttempt[] {
    const all = [...this.#attempts.values()].filter(
      (one) => (stage === undefined || one.stage === stage) && (attempt === undefined || one.attempt === attempt),
    );
    const ended = all.filter(({ endedAt }) => endedAt !== null);
    const others = all.filter(({ endedAt }) => endedAt === null);
    return [...ended, ...others].map((one) => ({ attempt: one, numbers: numbersIn(one, stage, attempt) }));
  }

  /** All lines, or those of a stage, or of one attempt at it. */
  view(stage?: StageName, attempt?: number): LogView {
    const texts = this.#texts;
    if (stage === undefined)
      return {
        get length() {
          return texts.length;
        },
        line: (index) => this.#line(index),
        text: (index) => texts[index] ?? '',
      };
    const numbers = this.#numbers(viewName(stage, attempt));
    return {
      get length() {
        return numbers.length;
      },
      line: (index) => this.#line(numbers[index] ?? -1),
      text: (index) => texts[numbers[index] ?? -1] ?? '',
    };
  }

  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly version = (): number => this.#version;

  #attempt(stage: StageName, attempt: number): StoredAttempt {
    const name = viewName(stage, attempt);
    const known = this.#attempts.get(name);
    if (known) return known;
    const ofAll = this.#numbers(name);
    const started: StoredAttempt = {
      ...({ stage, attempt, state: 'pending', startedAt: null, endedAt: null } as const),
      ...{ ofAll, ofStage: [], errors: [], phases: [] },
      get length() {
        return ofAll.length;
      },
    };
    this.#attempts.set(name, started);
    return started;
  }

  #line(index: number): LogLine {
    const run = this.#runs[index];
    if (!run) throw new RangeError(`the log has no line ${index}`);
    return { ...run, at: this.#times[index] ?? '', text: this.#texts[index] ?? '' };
  }

  /** One object for all lines of a run and stream, instead of one a line. */
  #run(stage: StageName, attempt: number, stream: LogEntry['stream']): Run {
    const name = `${stage} ${attempt} ${stream}`;
    const known = this.#known.get(name) ?? { stage, attempt, stream };
    this.#known.set(name, known);
    return known;
  }

  #numbers(name: string): number[] {
    const known = this.#views.get(name);
    if (known) return known;
    const numbers: number[] = [];
    this.#views.set(name, numbers);
    return numbers;
  }
}

interface StoredAttempt extends LogAttempt {
  state: StageEntry['state'];
  startedAt: string | null;
  endedAt: string | null;
  /** Of each line its number in the log of all stages, and in that of its own. */
  readonly ofAll: number[];
  readonly ofStage: number[];
  readonly errors: number[];
  readonly phases: LogAttempt['phases'][number][];
}

/** What the lines of an attempt are numbered by in a view; nothing in its own, where they count from 0. */
function numbersIn(
  { ofAll, ofStage }: StoredAttempt,
  stage?: StageName,
  attempt?: number,
): readonly number[] | undefined {
  if (attempt !== undefined) return undefined;
  return stage === undefined ? ofAll : ofStage;
}

function viewName(stage: StageName, attempt?: number): string {
  return attempt === undefined ? stage : `${stage} ${attempt}`;
}
