/** What a plan is likely to take: stages side by side count once, and what history does not know is said. */

import { formatDuration } from '../../../amounts.ts';
import { estimateInWords } from '../../../client/estimate.ts';
import type { StageEstimate } from '../../../model/estimate.ts';
import type { PlanSummary } from '../../../model/plan.ts';
import { capital, listed } from './listed.ts';

export type PlanStage = PlanSummary['stages'][number];

export interface PlanTime {
  /** The longest way through the stages that run or may run, as far as their times are known. */
  estimate: StageEstimate;
  /** How many stages run, and of how many that is not known yet. */
  running: number;
  open: number;
  /** Stages that may run and of which there is no history. */
  unknown: readonly PlanStage['name'][];
}

export function planTime(stages: readonly PlanStage[]): PlanTime {
  const mayRun = stages.filter(({ cached }) => cached !== true);
  return {
    estimate: {
      estimateSeconds: longestWay(stages, ({ estimateSeconds }) => estimateSeconds ?? 0),
      ...(mayRun.some(({ estimateRange }) => estimateRange) && {
        estimateRange: {
          fromSeconds: longestWay(stages, (stage) => stage.estimateRange?.fromSeconds ?? stage.estimateSeconds ?? 0),
          toSeconds: longestWay(stages, (stage) => stage.estimateRange?.toSeconds ?? stage.estimateSeconds ?? 0),
        },
      }),
    },
    running: mayRun.filter(({ cached }) => cached === false).length,
    open: mayRun.filter(({ cached }) => cached === null).length,
    unknown: mayRun.filter(({ estimateSeconds }) => estimateSeconds === null).map(({ name }) => name),
  };
}

function longestWay(stages: readonly PlanStage[], secondsOf: (stage: PlanStage) => number): number {
  const ends = new Map<string, number>();
  // A plan lists its stages after those that they wait for.
  for (const stage of stages) {
    const start = Math.max(0, ...stage.after.map((earlier) => ends.get(earlier) ?? 0));
    ends.set(stage.name, start + (stage.cached === true ? 0 : secondsOf(stage)));
  }
  return Math.max(0, ...ends.values());
}

/** One sentence on how long a build takes. */
export function planTimeInWords(time: PlanTime): string {
  const { estimate, running, open, unknown } = time;
  if (running + open === 0) return 'Everything is cached: this takes seconds.';
  if (unknown.length === running + open) return 'No estimate yet: nothing similar has run on this server.';
  const { estimateSeconds, estimateRange } = estimate;
  if (unknown.length > 0) {
    const known = formatDuration(estimateRange?.fromSeconds ?? estimateSeconds ?? 0);
    return `At least ${known}; nothing like ${listed(unknown)} has run here yet.`;
  }
  const rough = estimateInWords(estimate) ?? '';
  const most = estimateRange ? formatDuration(estimateRange.toSeconds) : rough;
  return `${open > 0 ? `Up to ${most}` : capital(rough)}, based on similar builds.`;
}
