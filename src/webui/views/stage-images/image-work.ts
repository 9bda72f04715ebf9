/** Work on stage images, one at a time: what it says and how it ended. It continues while another page is looked at. */
import type { ImageProgress } from '../../../client/client.ts';

/** So many lines of its output are kept. */
const keptLines = 200;

/** A line of output; images that are built side by side take turns. */
export interface WorkLine {
  /** Counted from the beginning of the work. */
  number: number;
  image: ImageProgress['image'];
  text: string;
}

export interface WorkState {
  running: boolean;
  title: string | undefined;
  /** The newest step of each image. */
  steps: ReadonlyMap<string, ImageProgress>;
  lines: readonly WorkLine[];
  outcome: { ok: true } | { ok: false; error: unknown } | undefined;
}

const idle: WorkState = { running: false, title: undefined, steps: new Map(), lines: [], outcome: undefined };

export type Run = (signal: AbortSignal) => AsyncIterable<ImageProgress> | Promise<void>;

export class ImageWork {
  #state = idle;
  #ending: AbortController | undefined;
  readonly #watchers = new Set<() => void>();
  readonly #onEnd: () => void;

  /** @param onEnd called however it ends: the images may be others then */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  readonly state = (): WorkState => this.#state;

  readonly watch = (onChange: () => void): (() => void) => {
    this.#watchers.add(onChange);
    return () => void this.#watchers.delete(onChange);
  };

  /** Begins, unless other work runs. Resolves at its end. */
  async start(title: string, run: Run): Promise<void> {
    if (this.#state.running) return;
    const ending = new AbortController();
    this.#ending = ending;
    this.#set({ ...idle, running: true, title });
    try {
      const work = run(ending.signal);
      if (work instanceof Promise) await work;
      else for await (const progress of work) this.#set(told(this.#state, progress));
      this.#set({ ...this.#state, running: false, outcome: { ok: true } });
    } catch (error) {
      const failed = { ...this.#state, running: false, outcome: { ok: false as const, error } };
      this.#set(ending.signal.aborted ? idle : failed);
    } finally {
      this.#onEnd();
    }
  }

  cancel(): void {
    this.#ending?.abort();
  }

  #set(state: WorkState): void {
    this.#state = state;
    for (const tell of this.#watchers) tell();
  }
}

function told(state: WorkState, progress: ImageProgress): WorkState {
  if (progress.kind === 'log') {
    const { image, text } = progress;
    const number = (state.lines.at(-1)?.number ?? 0) + 1;
    return { ...state, lines: [...state.lines, { number, image, text }].slice(-keptLines) };
  }
  return { ...state, steps: new Map(state.steps).set(progress.image, progress) };
}
