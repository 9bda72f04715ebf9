/** Follows one guest until there is a verdict: records its console, feeds the watch, minds the time. */
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { SystemdReport } from './check-systemd.ts';
import { ConsoleDecoder, type ConsoleLine } from './console.ts';
import { ConsoleTail } from './console-tail.ts';
import type { Guest, GuestEnd } from './guest.ts';
import type { Phase, Signs } from './signs.ts';
import { BootWatch, type Outcome, type WatchLimits } from './watch.ts';

/** The phase is told this often, at least. */
const tellMs = 1000;
/** A console that says more than this (a boot says some 50 KiB) does not come to an end. */
export const maxConsoleBytes = 4 << 20;

export interface GuestListener {
  /** A line of the console, without control sequences. */
  line(text: string): void;
  /** How far the guest is, `atMs` after its start. */
  phase(phase: Phase, atMs: number): void;
}

export interface GuestRun {
  outcome: Outcome;
  /** The console's lines around a failure, or its last ones. */
  tail: string[];
  /** Whether a check inside the guest was heard to its end; undefined when none was asked for. */
  checked: boolean | undefined;
}

/**
 * Runs a guest to its verdict, and ends it. The console's bytes go into the file `recording` as they came.
 * @throws when the console cannot be recorded.
 */
export async function runGuest(
  guest: Guest,
  signs: Signs,
  limits: WatchLimits,
  recording: string,
  listener: GuestListener,
): Promise<GuestRun> {
  const report = guest.check ? new SystemdReport() : undefined;
  const watch = new BootWatch(signs, limits, report);
  const tail = new ConsoleTail();
  const verdict = new Verdict(watch, listener);

  const followConsole = async (): Promise<GuestEnd> => {
    const decoder = new ConsoleDecoder();
    const take = (lines: readonly ConsoleLine[]) => {
      for (const line of lines) {
        if (tail.add(line)) listener.line(line.text);
      }
      watch.heard(
        lines.map((line) => line.text),
        decoder.pending,
        verdict.elapsedMs,
      );
      if (watch.faulty) tail.mark();
      verdict.review();
    };
    const complete = await record(guest.console, recording, (bytes) => take(decoder.feed(bytes)));
    take(decoder.end());
    if (complete) return guest.ended;
    await guest.stop();
    return { cause: 'flood', message: `more than ${maxConsoleBytes >> 20} MiB` };
  };
  const followCheck = async (port: Readable): Promise<void> => {
    const decoder = new ConsoleDecoder();
    for await (const bytes of port) {
      for (const line of decoder.feed(bytes)) report?.heard(line.text);
      watch.checked(verdict.elapsedMs);
      verdict.review();
    }
  };

  const over = Promise.all([followConsole(), guest.check && followCheck(guest.check)]).then(([end]) => {
    watch.ended(end);
    verdict.review();
  });
  let outcome: Outcome;
  try {
    outcome = await Promise.race([verdict.reached, over.then(() => verdict.reached)]);
  } finally {
    verdict.close();
    await guest.stop();
    await over;
  }
  return { outcome, tail: tail.lines, checked: report?.ended };
}

/** Copies a console into a file and hands each piece to `heard`; false when it passed the limit. */
async function record(console: Readable, path: string, heard: (bytes: Buffer) => void): Promise<boolean> {
  const file = await open(path, 'w');
  try {
    let recordedBytes = 0;
    for await (const bytes of console) {
      await file.writeFile(bytes);
      recordedBytes += bytes.length;
      heard(bytes);
      if (recordedBytes > maxConsoleBytes) return false;
    }
    return true;
  } finally {
    await file.close();
  }
}

/** Asks the watch for its verdict whenever something happened, and when the watch wants to be asked. */
class Verdict {
  readonly reached: Promise<Outcome>;
  readonly #watch: BootWatch;
  readonly #listener: GuestListener;
  readonly #startedMs = performance.now();
  #reach: (outcome: Outcome) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #open = true;

  constructor(watch: BootWatch, listener: GuestListener) {
    this.#watch = watch;
    this.#listener = listener;
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    this.review();
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  review(): void {
    if (!this.#open) return;
    clearTimeout(this.#timer);
    const atMs = this.elapsedMs;
    const outcome = this.#watch.review(atMs);
    this.#listener.phase(this.#watch.phase, atMs);
    if (outcome) {
      this.close();
      this.#reach(outcome);
    } else {
      const waitMs = Math.min(this.#watch.reviewAtMs(atMs) - atMs, tellMs);
      this.#timer = setTimeout(() => this.review(), Math.max(1, Math.ceil(waitMs)));
    }
  }

  close(): void {
    this.#open = false;
    clearTimeout(this.#timer);
  }
}
