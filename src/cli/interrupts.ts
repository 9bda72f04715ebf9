/**
 * Ctrl-C (and SIGTERM, which CI sends): the first ends the command in good order, the second leaves at once. Ctrl-\
 * (SIGQUIT) leaves at once a command that has set something going, which continues.
 */
import { LdfError } from '../errors.ts';
import { exitCodes } from './exit-codes.ts';
import { say, type Terminal } from './terminal.ts';

/** How long leaving at once may take to release what this process holds. */
const leaveMs = 2_000;

/**
 * One Ctrl-C reaches a program more than once when whoever started it (npm, npx) passes on what the terminal has sent to
 * all of them anyway.
 */
const echoMs = 500;

const signals = ['SIGINT', 'SIGTERM'] as const;

export class Interrupts {
  readonly #terminal: Terminal;
  readonly #ending = new AbortController();
  #first: () => void;
  #beforeLeaving = new Set<() => Promise<void>>();
  #parting: () => string[] = () => [];
  #count = 0;
  #countedAtMs = Number.NEGATIVE_INFINITY;
  readonly #listener = () => this.#interrupt();
  readonly #quit = () => void this.#leave();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#first = this.#end;
    for (const signal of signals) terminal.signals.on(signal, this.#listener);
  }

  /** Fires on the first Ctrl-C unless a command has something better to do. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /**
   * What the first Ctrl-C does instead of ending the command, and what the second says. When the first has come already,
   * it counts. Gives the function that takes this back.
   */
  take(first: () => void, parting: () => string[]): () => void {
    this.#first = first;
    this.#parting = parting;
    this.#terminal.signals.on('SIGQUIT', this.#quit);
    if (this.#count > 0) first();
    return () => {
      this.#terminal.signals.off('SIGQUIT', this.#quit);
      this.#first = this.#end;
      this.#parting = () => [];
    };
  }

  /** Something to release when leaving at once; gives the function that takes it off the list. */
  beforeLeaving(leaseLost: () => Promise<void>): () => void {
    this.#beforeLeaving.add(leaseLost);
    return () => this.#beforeLeaving.delete(leaseLost);
  }

  /** Stops listening. */
  close(): void {
    for (const signal of signals) this.#terminal.signals.off(signal, this.#listener);
  }

  readonly #end = () => this.#ending.abort(new LdfError('build.cancelled', 'Interrupted.'));

  #interrupt(): void {
    const nowMs = this.#terminal.now();
    if (nowMs - this.#countedAtMs < echoMs) return;
    this.#countedAtMs = nowMs;
    this.#count += 1;
    if (this.#count === 1) this.#first();
    else if (this.#count === 2) void this.#leave();
    else this.#terminal.leave(exitCodes.cancelled);
  }

  async #leave(): Promise<void> {
    for (const line of this.#parting()) say(this.#terminal, line);
    const limit = setTimeout(() => this.#terminal.leave(exitCodes.cancelled), leaveMs);
    await Promise.allSettled([...this.#beforeLeaving].map((leaseLost) => leaseLost()));
    clearTimeout(limit);
    this.#terminal.leave(exitCodes.cancelled);
  }
}
