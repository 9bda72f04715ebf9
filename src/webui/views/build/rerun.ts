/** What a retry runs again, and what it keeps. Pure. */
import type { StageRun } from '../../../model/stage-run.ts';
import type { StageName } from '../../../stages/names.ts';

export interface Rerun {
  kept: StageName[];
  again: StageName[];
}

/** The first stage that did not succeed: where a retry begins by itself. */
export function firstUnfinished(stages: readonly StageRun[]): StageName | undefined {
  const broken = stages.find(({ state }) => state === 'failed') ?? stages.find((stage) => !isDone(stage));
  return broken?.name;
}

/** @param from undefined: what did not succeed; a stage: that one with all that follows from it */
export function rerun(stages: readonly StageRun[], from: StageName | undefined): Rerun {
  const again = new Set<StageName>();
  for (const stage of stages) {
    const follows = stage.after.some((earlier) => again.has(earlier));
    if (stage.name === from || follows || !isDone(stage)) again.add(stage.name);
  }
  const names = stages.map(({ name }) => name);
  return { kept: names.filter((name) => !again.has(name)), again: names.filter((name) => again.has(name)) };
}

export function isDone({ state }: Pick<StageRun, 'state'>): boolean {
  return state === 'succeeded' || state === 'cached';
}
