/** How long a build is likely to take from now on. Pure, and silent where it would have to guess. */
import { estimatedSeconds } from '../../../client/estimate.ts';
import type { Build } from '../../../model/build.ts';
import type { StageRun } from '../../../model/stage-run.ts';
import type { StageName } from '../../../stages/names.ts';
import { secondsBetween } from '../../format.ts';

/** Seconds that a stage still takes; undefined while neither its history nor its progress tells, or it is overdue. */
export function stageSecondsLeft(stage: StageRun, nowMs: number): number | undefined {
  if (stage.state === 'pending') return stage.estimateSeconds ?? undefined;
  if (stage.state !== 'running') return 0;
  const elapsed = secondsBetween(stage.startedAt, null, nowMs) ?? 0;
  const total = estimatedSeconds(stage, elapsed);
  return total === null || total <= elapsed ? undefined : total - elapsed;
}

/**
 * The longest way through the stages that are left, for branches run side by side; undefined unless the build runs and
 * every stage that is left has an estimate.
 */
export function secondsLeft(build: Pick<Build, 'state' | 'stages'>, nowMs: number): number | undefined {
  if (build.state !== 'running') return undefined;
  const until = new Map<StageName, number>();
  for (const stage of build.stages) {
    const own = stageSecondsLeft(stage, nowMs);
    if (own === undefined) return undefined;
    until.set(stage.name, own + Math.max(0, ...stage.after.map((earlier) => until.get(earlier) ?? 0)));
  }
  return Math.max(0, ...until.values());
}
