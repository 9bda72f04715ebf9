/** What a plan is likely to take: stages side by side count once, and what history does not know is said. */

import { formatDuration } from '../../../amounts.ts';
import type { PlanSummary } from '../../../model/plan.ts';
import { listed } from './listed.ts';

export type PlanStage = PlanSummary['stages'][number];

export interface PlanTime {
  /** The longest way through the stages that run or may run, as far as their times are known. */
  seconds: number;
  /** How many stages run, and of how many that is not known yet. */
  running: number;
  open: number;
  /** Stages that may run and of which there is no history. */
  unknown: readonly PlanStage['name'][];
}

export function planTime(stages: readonly PlanStage[]): PlanTime {
  const ends = new Map<string, number>();
  // A plan lists its stages after those that they wait for.
  for (const { name, after, cached, estimateSeconds } of stages) {
    const start = Math.max(0, ...after.map((earlier) => ends.get(earlier) ?? 0));
    ends.set(name, start + (cached === true ? 0 : (estimateSeconds ?? 0)));
  }
  const mayRun = stages.filter(({ cached }) => cached !== true);
  return {
    seconds: Math.max(0, ...ends.values()),
    running: mayRun.filter(({ cached }) => cached === false).length,
    open: mayRun.filter(({ cached }) => cached === null).length,
    unknown: mayRun.filter(({ estimateSeconds }) => estimateSeconds === null).map(({ name }) => name),
  };
}

/** One sentence on how long a build takes. */
export function planTimeInWords(time: PlanTime): string {
  const { seconds, running, open, unknown } = time;
  if (running + open === 0) return 'Everything is cached: this takes seconds.';
  if (unknown.length === running + open) return 'No estimate yet: nothing similar has run on this server.';
  const rough = formatDuration(seconds);
  if (unknown.length > 0)
    return `At least ${rough}; ${listed(unknown)} ${unknown.length === 1 ? 'has' : 'have'} not run here yet.`;
  return open > 0 ? `Up to about ${rough}, based on similar builds.` : `About ${rough}, based on similar builds.`;
}
