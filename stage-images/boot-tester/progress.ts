/** Progress of several boots at once. How long a boot takes nobody knows; the phases seen are what is certain. */
import type { Phase } from './signs.ts';

/**
 * What part of a boot each phase is. Within it the fraction nears its end without reaching it: half of the way in
 * `halfWaySeconds`.
 */
const parts: Readonly<Record<Phase, { from: number; to: number; halfWaySeconds: number }>> = {
  firmware: { from: 0.02, to: 0.25, halfWaySeconds: 6 },
  kernel: { from: 0.25, to: 0.4, halfWaySeconds: 4 },
  userspace: { from: 0.4, to: 0.9, halfWaySeconds: 12 },
  up: { from: 0.9, to: 1, halfWaySeconds: 3 },
};
/** A smaller step is not worth a line. */
const smallestStep = 0.01;

interface Boot {
  phase: Phase | 'waiting' | 'done';
  sinceMs: number;
  fraction: number;
}

export class BootProgress {
  readonly #boots: Map<string, Boot>;
  readonly #report: (fraction: number, note: string) => void;
  #last = { fraction: -1, note: '' };

  constructor(artifacts: readonly string[], report: (fraction: number, note: string) => void) {
    this.#boots = new Map(artifacts.map((artifact) => [artifact, { phase: 'waiting', sinceMs: 0, fraction: 0 }]));
    this.#report = report;
  }

  /** `atMs` since the guest's start. */
  phase(artifact: string, phase: Phase, atMs: number): void {
    const before = this.#boots.get(artifact);
    const sinceMs = before?.phase === phase ? before.sinceMs : atMs;
    const { from, to, halfWaySeconds } = parts[phase];
    const share = 1 - 0.5 ** ((atMs - sinceMs) / 1000 / halfWaySeconds);
    this.#set(artifact, { phase, sinceMs, fraction: from + share * (to - from) });
  }

  done(artifact: string): void {
    this.#set(artifact, { phase: 'done', sinceMs: 0, fraction: 1 });
  }

  #set(artifact: string, boot: Boot): void {
    this.#boots.set(artifact, boot);
    const boots = [...this.#boots];
    const fraction = boots.reduce((sum, [, { fraction }]) => sum + fraction, 0) / boots.length;
    const note = boots
      .filter(([, { phase }]) => phase !== 'waiting' && phase !== 'done')
      .map(([name, { phase }]) => `${name}: ${phase}`)
      .join(', ');
    if (note === this.#last.note && fraction < this.#last.fraction + smallestStep) return;
    this.#last = { fraction, note };
    this.#report(fraction, note);
  }
}
