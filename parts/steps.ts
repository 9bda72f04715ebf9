/** One progress bar for a stage of several steps. */

/** Progress of one step, from 0 to 1. */
export type StepProgress = (fraction: number, note?: string) => void;

/** A smaller advance than this makes no line of its own. */
const leastAdvance = 0.005;

export class Steps {
  private reported = -1;
  constructor(private readonly report: StepProgress) {}

  /** The step that takes the bar from `start` to `end`. */
  from(start: number, end: number): StepProgress {
    return (fraction, note) => {
      const whole = start + (end - start) * Math.min(1, fraction);
      if (whole - this.reported < leastAdvance && whole < 1) return;
      this.reported = whole;
      this.report(whole, note);
    };
  }
}
