/** One progress bar for a stage of several steps. */

import type { Activity } from '../stage-images/contract/activity.ts';

/** Progress of one step, from 0 to 1. */
export type StepProgress = (fraction: number, activity?: Activity) => void;

/** A smaller advance than this makes no line of its own, but where a phase or an item begins. */
const leastAdvance = 0.005;

export class Steps {
  private reported = -1;
  private begun: string | undefined;
  constructor(private readonly report: StepProgress) {}

  /** The step that takes the bar from `start` to `end`. */
  from(start: number, end: number): StepProgress {
    return (fraction, activity) => {
      const whole = Math.max(this.reported, start + (end - start) * Math.min(1, fraction));
      const begins = beginning(activity);
      if (whole - this.reported < leastAdvance && whole < 1 && (begins === undefined || begins === this.begun)) return;
      this.reported = whole;
      this.begun = begins ?? this.begun;
      this.report(whole, activity);
    };
  }
}

/** What tells one phase, or one item of a phase, from another. */
function beginning(activity: Activity | undefined): string | undefined {
  if (activity === undefined || typeof activity === 'string') return activity;
  return `${activity.phase}\n${activity.item ?? ''}`;
}
