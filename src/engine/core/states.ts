/** What may follow what. Everything that changes a state goes through these two tables. */
import type { BuildState } from '../../model/build.ts';
import type { StageState } from '../../model/stage-run.ts';

export const buildTransitions: Readonly<Record<BuildState, readonly BuildState[]>> = {
  // A build may fail before it runs: its images may be gone, or a component that it needs.
  queued: ['running', 'failed', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled'],
  // A retry queues an ended build again.
  succeeded: ['queued'],
  failed: ['queued'],
  cancelled: ['queued'],
};

/** A stage that is retried does not change its state: it gets a new attempt. */
export const stageTransitions: Readonly<Record<StageState, readonly StageState[]>> = {
  pending: ['running', 'cached', 'failed', 'cancelled', 'skipped'],
  running: ['succeeded', 'failed', 'cancelled'],
  succeeded: [],
  cached: [],
  failed: [],
  cancelled: [],
  skipped: [],
};

/** @throws Error when a build in state `from` may not come to `to`. */
export function checkBuildTransition(from: BuildState, to: BuildState): void {
  if (!buildTransitions[from].includes(to)) throw new Error(`a build cannot go from ${from} to ${to}`);
}

/** @throws Error when a stage run in state `from` may not come to `to`. */
export function checkStageTransition(from: StageState, to: StageState): void {
  if (!stageTransitions[from].includes(to)) throw new Error(`a stage cannot go from ${from} to ${to}`);
}

export function buildHasEnded(state: BuildState): boolean {
  return state !== 'queued' && state !== 'running';
}

/** Whether a stage's result is there. */
export function stageIsDone(state: StageState): boolean {
  return state === 'succeeded' || state === 'cached';
}

/** Whether an attempt is over without a result. */
export function stageWentWrong(state: StageState): boolean {
  return state === 'failed' || state === 'cancelled' || state === 'skipped';
}
