/**
 * A few threads for work that would keep everybody else waiting. They are started when first needed and end when they have
 * had nothing to do for a while; work has a time limit, and when that is over its thread ends with it.
 */
import { Worker } from 'node:worker_threads';
import { type ErrorCode, type ErrorDetail, LdfError } from '../errors.ts';
import type { Outcomes, Task } from './tasks.ts';

export const workerBounds = {
  /** Threads: one more than a single slow request can hold. */
  threads: 2,
  /** Tasks that may wait for a thread. */
  waiting: 50,
  /** What a task may take; the largest that passes its other limits takes a few seconds on a slow machine. */
  timeoutMs: 30_000,
  /** Heap of a thread. */
  memoryMiB: 1_024,
  /** A thread with nothing to do ends after this. */
  idleMs: 60_000,
} as const;

export type WorkerBounds = { readonly [Name in keyof typeof workerBounds]: number };

/** What a thread answers. A fault of ours is no answer: it ends the thread. */
export type Reply =
  | { outcome: Outcomes[Task['name']] }
  | {
      refused: {
        code: ErrorCode;
        message: string;
        hint: string | undefined;
        details: ErrorDetail[];
        subcode: string | undefined;
      };
    };

interface Job {
  /** Made for the thread that takes it. */
  task: (thread: Worker) => Task;
  done: (outcome: Outcomes[Task['name']]) => void;
  failed: (error: Error) => void;
}

export class WorkerPool {
  readonly #bounds: WorkerBounds;
  readonly #waiting: Job[] = [];
  /** Every thread, with what ends its idle time. */
  readonly #threads = new Map<Worker, NodeJS.Timeout | undefined>();
  readonly #idle: Worker[] = [];
  #closed = false;

  constructor(bounds: WorkerBounds = workerBounds) {
    this.#bounds = bounds;
  }

  /** Threads there are now. */
  get threads(): number {
    return this.#threads.size;
  }

  /**
   * @throws LdfError `queue.full` when too much waits, `request.too-costly` when it takes too long or too much memory, and what the
   * task is refused with
   */
  run<Name extends Task['name']>(task: (thread: Worker) => Task & { name: Name }): Promise<Outcomes[Name]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new LdfError('internal', 'The server is stopping.'));
      if (this.#waiting.length >= this.#bounds.waiting) return reject(tooBusy());
      const done: Job['done'] = (outcome) => resolve(outcome as Outcomes[Name]);
      this.#waiting.push({ task, done, failed: reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { failed } of this.#waiting.splice(0)) failed(new LdfError('internal', 'The server is stopping.'));
    await Promise.all([...this.#threads.keys()].map((thread) => this.#end(thread)));
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const thread = this.#idle.pop() ?? (this.#threads.size < this.#bounds.threads ? this.#start() : undefined);
    const job = thread && this.#waiting.shift();
    if (job) this.#work(thread, job);
  }

  #start(): Worker {
    const thread = new Worker(entryFile(), { resourceLimits: { maxOldGenerationSizeMb: this.#bounds.memoryMiB } });
    this.#threads.set(thread, undefined);
    // Between tasks too, an error must not be one that nobody listens to.
    thread.on('error', () => this.#forget(thread));
    thread.on('exit', () => this.#forget(thread));
    return thread;
  }

  #work(thread: Worker, { task, done, failed }: Job): void {
    clearTimeout(this.#threads.get(thread));
    thread.ref();
    const stopListening = () => {
      clearTimeout(limit);
      thread.off('message', onReply).off('error', onError).off('exit', onExit);
    };
    const end = (error: Error) => {
      stopListening();
      failed(error);
      void this.#end(thread).finally(() => this.#next());
    };
    const onReply = (reply: Reply) => {
      stopListening();
      if ('outcome' in reply) done(reply.outcome);
      else failed(refusal(reply.refused));
      this.#rest(thread);
      this.#next();
    };
    const onError = (error: Error) => end(isOutOfMemory(error) ? tooLarge(this.#bounds.memoryMiB) : error);
    const onExit = () => end(new Error('a worker thread ended in the middle of its work'));
    const limit = setTimeout(() => end(tooSlow(this.#bounds.timeoutMs)), this.#bounds.timeoutMs);
    thread.on('message', onReply).on('error', onError).on('exit', onExit);
    try {
      const sent = task(thread);
      thread.postMessage(sent, sent.name === 'body' ? [sent.bytes.buffer] : []);
    } catch (error) {
      end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #rest(thread: Worker): void {
    thread.unref();
    this.#idle.push(thread);
    this.#threads.set(thread, setTimeout(() => void this.#end(thread), this.#bounds.idleMs).unref());
  }

  async #end(thread: Worker): Promise<void> {
    this.#forget(thread);
    await thread.terminate();
  }

  #forget(thread: Worker): void {
    clearTimeout(this.#threads.get(thread));
    this.#threads.delete(thread);
    const place = this.#idle.indexOf(thread);
    if (place >= 0) this.#idle.splice(place, 1);
  }
}

/** dist/worker.js beside this file's bundle; from the sources a file that has Node read TypeScript. */
function entryFile(): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  return new URL(fromSource ? './entry-from-source.mjs' : './worker.js', import.meta.url);
}

function refusal({ code, message, hint, details, subcode }: Extract<Reply, { refused: unknown }>['refused']): LdfError {
  return new LdfError(code, message, {
    details,
    ...(hint === undefined ? {} : { hint }),
    ...(subcode === undefined ? {} : { subcode }),
  });
}

function isOutOfMemory(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooBusy(): LdfError {
  return new LdfError('queue.full', 'Too many large requests are waiting to be worked through.', {
    hint: 'Send it again in a minute.',
  });
}

function tooSlow(timeoutMs: number): LdfError {
  return new LdfError(
    'request.too-costly',
    `The request took longer than ${timeoutMs / 1000} seconds to work through.`,
    {
      hint: 'Make it smaller: put large lists and files into a package. If the machine is busy, send it again later.',
    },
  );
}

function tooLarge(memoryMiB: number): LdfError {
  return new LdfError('request.too-costly', `The request takes more than ${memoryMiB} MiB of memory to work through.`, {
    hint: 'Make it smaller: put large lists and files into a package.',
  });
}
