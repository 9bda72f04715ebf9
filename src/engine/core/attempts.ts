/** The attempts at the stages of one build, as they are in the database. */
import { isDeepStrictEqual } from 'node:util';
import type { PlannedStage } from '../../plan/types.ts';
import type { StageName } from '../../stages/names.ts';
import { stageNames } from '../../stages/registry.ts';
import type { StageRunRecord } from '../../store/stage-runs.ts';
import type { Store } from '../../store/store.ts';
import type { Recorder } from './recorder.ts';

export class Attempts {
  readonly #store: Store;
  readonly #buildId: string;
  readonly #runs: Map<string, StageRunRecord>;

  private constructor(store: Store, buildId: string, runs: readonly StageRunRecord[]) {
    this.#store = store;
    this.#buildId = buildId;
    this.#runs = new Map(runs.map((run) => [run.id, run]));
  }

  /** Reads the attempts there are, and adds a first one to each of `stages` that has none. */
  static async load(store: Store, buildId: string, stages: readonly StageName[]): Promise<Attempts> {
    const attempts = new Attempts(store, buildId, await store.listStageRuns([buildId]));
    for (const stage of stages) if (!attempts.#find(stage)) await attempts.add(stage);
    return attempts;
  }

  get all(): StageRunRecord[] {
    return [...this.#runs.values()];
  }

  /** The newest attempt of each stage, in the order of the stages. */
  get newest(): StageRunRecord[] {
    return newestAttempts(this.all);
  }

  /** The newest attempt at a stage. @throws Error for a stage that the build does not have. */
  of(stage: StageName): StageRunRecord {
    const run = this.#find(stage);
    if (!run) throw new Error(`build ${this.#buildId} has no stage ${stage}`);
    return run;
  }

  /** The attempt before the newest one that was really made. */
  before(run: StageRunRecord): StageRunRecord | undefined {
    return this.all
      .filter(({ stage, attempt, state }) => stage === run.stage && attempt < run.attempt && state !== 'skipped')
      .sort((a, b) => b.attempt - a.attempt)[0];
  }

  /** The next attempt at a stage, pending. */
  async add(stage: StageName, forced = false): Promise<StageRunRecord> {
    const run = await this.#store.addStageRun({
      buildId: this.#buildId,
      stage,
      attempt: (this.#find(stage)?.attempt ?? 0) + 1,
      state: 'pending',
      key: null,
      reason: null,
      forced,
      request: null,
      workload: null,
      compared: null,
      warm: false,
      progress: 0,
      note: '',
      error: null,
      exitCode: null,
      startedAt: null,
      endedAt: null,
      startedUptimeMs: null,
      durationMs: null,
      usage: null,
    });
    this.#runs.set(run.id, run);
    return run;
  }

  /** Records of the attempts that are pending what their time will be made of, as far as a plan tells. */
  async foresee(stages: readonly Pick<PlannedStage, 'name' | 'workload'>[]): Promise<void> {
    for (const { name, workload } of stages) {
      const run = this.#find(name);
      if (run?.state !== 'pending' || isDeepStrictEqual(run.workload, workload)) continue;
      if (await this.#store.changeStageRun(run.id, ['pending'], { workload }))
        this.#runs.set(run.id, { ...run, workload });
    }
  }

  /** Changes the state of an attempt; see Recorder. */
  async change(recorder: Recorder, ...change: Parameters<Recorder['stage']>): Promise<StageRunRecord> {
    const run = await recorder.stage(...change);
    this.#runs.set(run.id, run);
    return run;
  }

  #find(stage: StageName): StageRunRecord | undefined {
    return this.newest.find((run) => run.stage === stage);
  }
}

/** Out of all attempts at the stages of one build, the newest of each, in the order of the stages. */
export function newestAttempts(runs: readonly StageRunRecord[]): StageRunRecord[] {
  return stageNames.flatMap((stage) =>
    runs.filter((run) => run.stage === stage).reduce<StageRunRecord[]>(([newest], run) => [newer(newest, run)], []),
  );
}

function newer(a: StageRunRecord | undefined, b: StageRunRecord): StageRunRecord {
  return a && a.attempt > b.attempt ? a : b;
}
