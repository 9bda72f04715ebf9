/** What the stages of one build share while it runs. */
import type { Failure } from '../../model/problem.ts';
import type { BuildRecord } from '../../store/builds.ts';
import type { Attempts } from './attempts.ts';
import type { Engine, StageImages } from './dependencies.ts';
import type { Recorder } from './recorder.ts';

export interface BuildWork {
  engine: Engine;
  build: BuildRecord;
  images: StageImages;
  recorder: Recorder;
  attempts: Attempts;
  ending: BuildEnding;
  /** Fires when this process is to leave the build. */
  leaseLost: AbortSignal;
}

/** Why the stages of a build are to end before they are done; the first cause wins. */
export class BuildEnding {
  #cause: Failure | undefined;
  readonly #controller = new AbortController();

  /** Fires once there is a cause. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get cause(): Failure | undefined {
    return this.#cause;
  }

  get cancelled(): boolean {
    return this.#cause === cancelled;
  }

  fail(cause: Failure): void {
    this.#cause ??= cause;
    this.#controller.abort();
  }

  cancel(): void {
    this.fail(cancelled);
  }
}

export const cancelled: Failure = {
  code: 'build.cancelled',
  message: 'The build was cancelled.',
  hint: 'Retry it to continue from where it stopped.',
  stage: null,
  details: [],
};
