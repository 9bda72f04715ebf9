/**
 * Judges one boot by what its console says and when. It has no timers and reads no clock: every call brings the time, in
 * milliseconds that have passed for the guest since it started, and `reviewAtMs` tells when to ask again.
 */
import type { CheckReport, Problem } from '../../parts/checks/check.ts';
import type { GuestEnd } from './guest.ts';
import { endProblem, patienceProblem, silenceProblem, timeoutProblem } from './problems.ts';
import { type DownSign, type Phase, phaseAfter, type Signs } from './signs.ts';

/** An unfinished line that has not grown for this long is a prompt. */
const restMs = 500;
/** Userspace must stay up this long after the last sign. */
const settleMs = 3000;
/** Once userspace is up, a check has this long to begin … */
const checkBeginMs = 10_000;
/** … and this long to end. */
const checkEndMs = 180_000;
/** After a failure the console is followed until it is quiet for this long, for the cause often comes later … */
const aftermathQuietMs = 3000;
/** … but no longer than this in all. */
const aftermathMs = 30_000;
/** A failing system repeats itself; so many lines of one sign are evidence enough. */
const maxEvidence = 20;

/** How a boot went; `seconds` from the start of the guest to the last sign that was needed, or to the end of patience. */
export type Outcome = { up: true; seconds: number } | { up: false; seconds: number; problems: [Problem, ...Problem[]] };

/** `timeoutMs` and `silenceMs` are of the guest's time, `wallMs` of ours. */
export interface WatchLimits {
  timeoutMs: number;
  silenceMs: number;
  wallMs: number;
}

export class BootWatch {
  readonly #signs: Signs;
  readonly #limits: WatchLimits;
  readonly #check: CheckReport | undefined;
  readonly #seen = new Map<string, number>();
  readonly #found: { sign: DownSign; evidence: string }[] = [];
  #phase: Phase = 'firmware';
  #pending = '';
  #heardAtMs = 0;
  #spoke = false;
  #downAtMs: number | undefined;
  #end: GuestEnd | undefined;
  #patienceOver = false;

  constructor(signs: Signs, limits: WatchLimits, check?: CheckReport) {
    this.#signs = signs;
    this.#limits = limits;
    this.#check = check;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** What the console said at `atMs`: the lines it completed, and the beginning of the next. */
  heard(lines: readonly string[], pending: string, atMs: number): void {
    this.#heardAtMs = atMs;
    this.#spoke ||= lines.length > 0 || pending !== '';
    for (const line of lines) this.#match(line, atMs);
    this.#pending = pending;
  }

  /** The check has said something at `atMs`. */
  checked(atMs: number): void {
    for (const { what, unit } of this.#signs.up)
      if (unit !== undefined && this.#check?.isActive(unit)) this.#saw(what, atMs);
  }

  /** The guest is gone, and all it said has been heard. */
  ended(end: GuestEnd): void {
    this.#end = end;
  }

  /** We do not wait any longer, however little time has passed for the guest: the next review gives the verdict. */
  losePatience(): void {
    this.#patienceOver = true;
  }

  /** The verdict, once there is one. */
  review(atMs: number): Outcome | undefined {
    if (this.#pending !== '' && atMs >= this.#heardAtMs + restMs) this.#match(this.#pending, this.#heardAtMs);
    if (this.broken) {
      this.#downAtMs ??= atMs;
      const complete = this.#end || this.#patienceOver || atMs >= this.#aftermathEndMs(this.#downAtMs);
      return complete ? this.#failed(this.#downAtMs) : undefined;
    }
    if (this.#end) return this.#failed(atMs, endProblem(this.#end, this.#phase));
    const { timeoutMs, silenceMs, wallMs } = this.#limits;
    const upAtMs = this.#upAtMs;
    if (upAtMs !== undefined && atMs >= this.#settledAtMs(upAtMs)) return { up: true, seconds: upAtMs / 1000 };
    if (this.#patienceOver) return this.#failed(atMs, patienceProblem(wallMs, this.#phase, this.#missing));
    if (upAtMs !== undefined) return undefined;
    if (atMs >= timeoutMs) return this.#failed(atMs, timeoutProblem(timeoutMs, this.#missing));
    if (atMs >= this.#heardAtMs + silenceMs)
      return this.#failed(atMs, silenceProblem(silenceMs, this.#spoke ? this.#phase : undefined, this.#missing));
    return undefined;
  }

  /** When to review again, should nothing be heard before. */
  reviewAtMs(atMs: number): number {
    const upAtMs = this.#upAtMs;
    const due = this.broken
      ? [this.#aftermathEndMs(this.#downAtMs ?? atMs)]
      : upAtMs !== undefined
        ? [this.#settledAtMs(upAtMs)]
        : [this.#limits.timeoutMs, this.#heardAtMs + this.#limits.silenceMs];
    if (this.#pending !== '' && atMs < this.#heardAtMs + restMs) due.push(this.#heardAtMs + restMs);
    return Math.min(...due);
  }

  #match(line: string, atMs: number): void {
    this.#phase = phaseAfter(line, this.#phase);
    for (const { what, pattern } of this.#signs.up) if (pattern.test(line)) this.#saw(what, atMs);
    for (const sign of this.#signs.down) {
      if ((sign.firmwareOnly && this.#phase !== 'firmware') || !sign.pattern.test(line)) continue;
      const same = this.#found.filter((found) => found.sign === sign);
      if (same.length < maxEvidence && !same.some((found) => found.evidence === line))
        this.#found.push({ sign, evidence: line });
      return;
    }
  }

  #saw(what: string, atMs: number): void {
    if (!this.#seen.has(what)) this.#seen.set(what, atMs);
    if (this.#upAtMs !== undefined) this.#phase = 'up';
  }

  /** When the last sign was seen; undefined while one is missing. */
  get #upAtMs(): number | undefined {
    return this.#seen.size < new Set(this.#signs.up.map((sign) => sign.what)).size
      ? undefined
      : Math.max(...this.#seen.values());
  }

  /** A sign of failure has been seen; the verdict may still wait for what follows it. */
  get broken(): boolean {
    return this.#found.length > 0 || this.#checkProblems.length > 0;
  }

  /** What the check found; nothing while it is still at it. */
  get #checkProblems(): Problem[] {
    return this.#check?.ended ? this.#check.problems : [];
  }

  get #checking(): boolean {
    return this.#check?.begun === true && !this.#check.ended;
  }

  #settledAtMs(upAtMs: number): number {
    const settled = upAtMs + settleMs;
    if (!this.#check || this.#check.ended) return settled;
    return Math.max(
      settled,
      Math.min(upAtMs + (this.#check.begun ? checkEndMs : checkBeginMs), this.#limits.timeoutMs),
    );
  }

  #aftermathEndMs(downAtMs: number): number {
    const latest = downAtMs + aftermathMs;
    return this.#checking ? latest : Math.min(latest, Math.max(downAtMs, this.#heardAtMs) + aftermathQuietMs);
  }

  /** Failed for what was found, the cause first; for `otherwise` when nothing was. */
  #failed(atMs: number, otherwise?: Problem): Outcome {
    const ranked = this.#signs.down.flatMap((sign) =>
      this.#found.filter((found) => found.sign === sign).map((found) => signProblem(sign, found.evidence)),
    );
    const [first, ...rest] = [...ranked, ...this.#checkProblems, ...(otherwise ? [otherwise] : [])];
    if (!first) throw new Error('a boot failed for no reason');
    return { up: false, seconds: atMs / 1000, problems: [first, ...rest] };
  }

  get #missing(): string[] {
    return this.#signs.up.map((sign) => sign.what).filter((what) => !this.#seen.has(what));
  }
}

function signProblem({ code, message, hint }: DownSign, evidence: string): Problem {
  return { code, message, hint, evidence };
}
