/** Progress of several boots at once. How long a boot takes nobody knows; the phases seen are what is certain. */
import type { Phase } from './signs.ts';

/** The part of a boot that is over when a phase begins. */
const phaseStart: Readonly<Record<Phase | 'waiting' | 'done', number>> = {
  waiting: 0,
  firmware: 0.02,
  kernel: 0.25,
  userspace: 0.4,
  up: 0.9,
  done: 1,
};
const phaseEnd: Readonly<Record<Phase, number>> = { firmware: 0.25, kernel: 0.4, userspace: 0.9, up: 1 };
/** Within a phase the fraction nears its end without reaching it: half of the way in this time. */
const halfWaySeconds: Readonly<Record<Phase, number>> = { firmware: 6, kernel: 4, userspace: 12, up: 3 };
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
    const share = 1 - 0.5 ** ((atMs - sinceMs) / 1000 / halfWaySeconds[phase]);
    const fraction = phaseStart[phase] + share * (phaseEnd[phase] - phaseStart[phase]);
    this.#set(artifact, { phase, sinceMs, fraction });
  }

  done(artifact: string): void {
    this.#set(artifact, { phase: 'done', sinceMs: 0, fraction: phaseStart.done });
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
