/** What a build will do, in one sentence, and how long that takes in another. Pure. */
import type { BuildOptions } from '../../../model/build.ts';
import type { PlanSummary } from '../../../model/plan.ts';
import { capital, listed } from './listed.ts';
import { planTime, planTimeInWords } from './plan-times.ts';

type Planned = Pick<PlanSummary, 'stages' | 'formats' | 'arch'>;
type Chosen = Pick<BuildOptions, 'boot' | 'noCache'>;

/** `Makes raw and qcow2 for x86_64 from the pinned versions, and boots the result.` */
export function buildSentence(plan: Planned, { boot, noCache }: Chosen): string {
  const pinned = plan.stages.find(({ after }) => after.length === 0)?.cached === true;
  const versions = pinned ? 'from the pinned versions' : 'from the newest versions, which it pins';
  const cache = noCache ? ', rebuilding everything' : '';
  const end = boot ? 'and boots the result' : 'and does not boot it';
  return `Makes ${listed(plan.formats)} for ${plan.arch} ${versions}${cache}, ${end}.`;
}

/** `About 3 min, based on similar builds. assemble, package and boot run; 4 stages are reused.` */
export function workSentence({ stages }: Pick<PlanSummary, 'stages'>): string {
  const run = stages.filter(({ cached }) => cached === false).map(({ name }) => name);
  const reused = stages.filter(({ cached }) => cached === true).length;
  const open = stages.length - run.length - reused;
  const parts = [
    ...(run.length === 0 ? [] : [`${listed(run)} ${run.length === 1 ? 'runs' : 'run'}`]),
    ...(reused === 0 ? [] : [`${count(reused)} reused`]),
    ...(open === 0 ? [] : [`${count(open, 'may be')} reused`]),
  ];
  return `${planTimeInWords(planTime(stages))} ${capital(parts.join('; '))}.`;
}

function count(stages: number, verb = stages === 1 ? 'is' : 'are'): string {
  return `${stages} ${stages === 1 ? 'stage' : 'stages'} ${verb}`;
}
