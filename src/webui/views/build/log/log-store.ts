/**
 * The lines of a build's log, in columns and outside of React's state: there may be hundreds of thousands. It only grows;
 * what shows it is told once a frame.
 */
import type { LogEntry } from '../../../../model/journal.ts';
import type { StageName } from '../../../../stages/names.ts';
import { oncePerFrame } from '../follow/frame.ts';
import type { LogLine, LogView } from './log-view.ts';

type Run = Pick<LogLine, 'stage' | 'attempt' | 'stream'>;

export class LogStore {
  readonly #texts: string[] = [];
  readonly #times: string[] = [];
  readonly #runs: Run[] = [];
  readonly #views = new Map<string, number[]>();
  readonly #known = new Map<string, Run>();
  readonly #listeners = new Set<() => void>();
  readonly #announce = oncePerFrame(() => {
    this.#version = this.#texts.length;
    for (const listener of this.#listeners) listener();
  });
  #version = 0;

  append({ stage, attempt, stream, at, text }: LogEntry): void {
    const index = this.#texts.push(text) - 1;
    this.#times.push(at);
    this.#runs.push(this.#run(stage, attempt, stream));
    this.#numbers(viewName(stage)).push(index);
    this.#numbers(viewName(stage, attempt)).push(index);
    this.#announce();
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

function viewName(stage: StageName, attempt?: number): string {
  return attempt === undefined ? stage : `${stage} ${attempt}`;
}
