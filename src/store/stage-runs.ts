/** Attempts at the stages of builds, and what history says of them. */
import type { Architecture } from '../definition/definition.ts';
import type { Failure } from '../model/problem.ts';
import type { Comparison, StageState } from '../model/stage-run.ts';
import type { Usage } from '../stages/contract.ts';
import type { StageName } from '../stages/names.ts';
import type { Workload } from '../stages/workload.ts';

export interface StageRunRecord {
  id: string;
  buildId: string;
  stage: StageName;
  attempt: number;
  state: StageState;
  key: string | null;
  reason: string | null;
  /** Runs even when the cache holds its layer, because a retry named its stage or one before it. */
  forced: boolean;
  /** Began with what an earlier run of its distribution had kept: its result is for that distribution alone. */
  warm: boolean;
  /** What its time is made of; null until it is planned, and of what an earlier version recorded. */
  workload: Workload | null;
  /** null in what `listStageRuns` gives, as is `compared`: they may be large. */
  request: unknown;
  compared: Comparison | null;
  progress: number;
  note: string;
  error: Failure | null;
  exitCode: number | null;
  startedAt: Date | null;
  endedAt: Date | null;
  /** The machine's uptime when it started; null when it did not. */
  startedUptimeMs: number | null;
  /** How long it ran, whatever became of the wall clock; null while it has not ended. */
  durationMs: number | null;
  /** What its container has used; null while nothing is known of it. */
  usage: Usage | null;
}

/** A run that succeeded, as estimates take it. */
export interface PastRun {
  seconds: number;
  name: string;
  arch: Architecture;
  workload: Workload | null;
}

/** Runs of a stage that have come to the same state, taken together. */
export interface StageTotals {
  stage: StageName;
  state: StageState;
  runs: number;
  seconds: number;
}

export type StageRunChange = Partial<
  Pick<
    StageRunRecord,
    | 'state'
    | 'key'
    | 'reason'
    | 'request'
    | 'compared'
    | 'workload'
    | 'warm'
    | 'progress'
    | 'note'
    | 'error'
    | 'exitCode'
    | 'startedAt'
    | 'endedAt'
    | 'startedUptimeMs'
    | 'durationMs'
    | 'usage'
  >
>;

export interface StageRunTable {
  /** @throws LdfError `not-found` when the build is gone, `state.conflict` when it has that attempt. */
  addStageRun(run: Omit<StageRunRecord, 'id'>): Promise<StageRunRecord>;
  /** Compare-and-set on the state. */
  changeStageRun(id: string, from: readonly StageState[], change: StageRunChange): Promise<boolean>;
  /** All attempts, in order of stage start. */
  listStageRuns(buildIds: readonly string[]): Promise<StageRunRecord[]>;
  /** All attempts of one build with their requests and what they were compared with, in the same order. */
  wholeStageRuns(buildId: string): Promise<StageRunRecord[]>;
  /** The newest successful run of a stage in an earlier build of the distribution: what a reason is worked out against. */
  previousRun(distributionId: string, stage: StageName, beforeBuild: string): Promise<StageRunRecord | undefined>;
  /** The newest `limit` succeeded runs of a stage. */
  stageHistory(stage: StageName, limit: number): Promise<PastRun[]>;
  stageTotals(): Promise<StageTotals[]>;
  /** How many attempts failed with each code at each stage. */
  failureTotals(): Promise<{ stage: StageName; code: string; runs: number }[]>;
}
