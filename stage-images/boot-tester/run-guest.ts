/** Follows one guest until there is a verdict: records its console, feeds the watch, minds the time. */
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { CheckReport } from '../../parts/checks/check.ts';
import { ConsoleDecoder, type ConsoleLine } from './console.ts';
import { ConsoleTail } from './console-tail.ts';
import type { Guest, GuestEnd } from './guest.ts';
import { askEveryMs, GuestClock } from './guest-clock.ts';
import type { HostShare } from './host-share.ts';
import type { Phase, Signs } from './signs.ts';
import { BootWatch, type Outcome, type WatchLimits } from './watch.ts';

/** The phase is told this often, at least. */
const tellMs = 1000;
/** A guest that is waited for is told of this often, for a stage that says nothing is taken for one that hangs. */
const waitingEveryMs = 60_000;
/** A console that says more than this (a boot says some 50 KiB) does not come to an end. */
export const maxConsoleBytes = 4 << 20;

export interface GuestListener {
  /** A line of the console, without control sequences. */
  line(text: string): void;
  /** How far the guest is, `atMs` of its time after its start. */
  phase(phase: Phase, atMs: number): void;
  /** It is still waited for: `atMs` of the guest's time have passed, and `wallMs` of ours. */
  waiting(phase: Phase, atMs: number, wallMs: number): void;
}

export interface GuestRun {
  outcome: Outcome;
  /** The console's lines around a failure, or its last ones. */
  tail: string[];
  /** Whether a check inside the guest was heard to its end; undefined when none was asked for. */
  checked: boolean | undefined;
  /** What it said beside that. */
  notes: readonly string[];
  host: HostShare;
}

/** What tells of success and failure. */
export interface Wanted {
  signs: Signs;
  /** What the guest's second serial port says goes here; absent where no check was brought in. */
  report?: CheckReport | undefined;
}

/**
 * Runs a guest to its verdict, and ends it. The console's bytes go into the file `recording` as they came. `look` is
 * called once the verdict is reached, before the guest is ended.
 * @throws when the console cannot be recorded; what `look` throws.
 */
export async function runGuest(
  guest: Guest,
  { signs, report }: Wanted,
  limits: WatchLimits,
  recording: string,
  listener: GuestListener,
  look: () => Promise<void> = async () => undefined,
): Promise<GuestRun> {
  const watch = new BootWatch(signs, limits, report);
  const tail = new ConsoleTail();
  const clock = new GuestClock(guest.clock);
  const verdict = new Verdict(watch, clock, limits.wallMs, listener);

  const followConsole = async (): Promise<GuestEnd> => {
    const decoder = new ConsoleDecoder();
    const take = (lines: readonly ConsoleLine[]) => {
      for (const line of lines) {
        if (tail.add(line)) listener.line(line.text);
      }
      watch.heard(
        lines.map((line) => line.text),
        decoder.pending,
        clock.elapsedMs,
      );
      if (watch.broken) tail.mark();
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
      watch.checked(clock.elapsedMs);
      verdict.review();
    }
  };

  const over = Promise.all([followConsole(), guest.check && followCheck(guest.check)]).then(([end]) => {
    watch.ended(end);
    verdict.review();
  });
  let outcome: Outcome;
  let host: HostShare;
  try {
    outcome = await Promise.race([verdict.reached, over.then(() => verdict.reached)]);
    const { elapsedMs, wallMs } = clock;
    const processorSeconds = await guest.processorSeconds();
    host = { wallSeconds: wallMs / 1000, guestSeconds: elapsedMs / 1000, processorSeconds };
    await look();
  } finally {
    verdict.close();
    await guest.stop();
    await over;
  }
  return { outcome, tail: tail.lines, checked: report?.ended, notes: report?.notes ?? [], host };
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
  readonly #clock: GuestClock;
  readonly #wallLimitMs: number;
  readonly #listener: GuestListener;
  #toldAtMs = 0;
  #reach: (outcome: Outcome) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #open = true;

  constructor(watch: BootWatch, clock: GuestClock, wallLimitMs: number, listener: GuestListener) {
    this.#watch = watch;
    this.#clock = clock;
    this.#wallLimitMs = wallLimitMs;
    this.#listener = listener;
    this.reached = new Promise((resolve, reject) => {
      this.#reach = resolve;
      this.#fail = reject;
    });
    this.review();
  }

  review(): void {
    if (!this.#open) return;
    clearTimeout(this.#timer);
    const { elapsedMs: atMs, wallMs } = this.#clock;
    if (wallMs >= this.#wallLimitMs) this.#watch.losePatience();
    const outcome = this.#watch.review(atMs);
    this.#listener.phase(this.#watch.phase, atMs);
    if (outcome) {
      this.close();
      this.#reach(outcome);
      return;
    }
    if (wallMs >= this.#toldAtMs + waitingEveryMs) {
      this.#toldAtMs = wallMs;
      this.#listener.waiting(this.#watch.phase, atMs, wallMs);
    }
    this.#timer = setTimeout(() => this.#again(), Math.max(1, Math.ceil(this.#waitMs(atMs, wallMs))));
  }

  close(): void {
    this.#open = false;
    clearTimeout(this.#timer);
  }

  /** Until the next review, in time of the host. */
  #waitMs(atMs: number, wallMs: number): number {
    const limitMs = Math.min(this.#wallLimitMs - wallMs, tellMs);
    return this.#clock.own ? Math.min(limitMs, askEveryMs) : Math.min(limitMs, this.#watch.reviewAtMs(atMs) - atMs);
  }

  #again(): void {
    // Not waited for: should QEMU never answer, the wall clock's limit holds all the same.
    this.#clock.refresh().catch(this.#fail);
    this.review();
  }
}
