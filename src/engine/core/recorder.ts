/**
 * Changes the states of one build: in the database, which decides, and in the journal, which follows. What the journal
 * lacks when a build is taken up is added then. Only the end of a build is journalled first, for nobody takes up an
 * ended build; when a process dies between the two, the journal tells the end again.
 */

import type { Logger } from 'pino';
import { formatBytes } from '../../amounts.ts';
import type { JournalWriter } from '../../events/journal-writer.ts';
import { FencedError } from '../../fenced.ts';
import type { BuildState } from '../../model/build.ts';
import type { Failure } from '../../model/problem.ts';
import type { StageState } from '../../model/stage-run.ts';
import type { BuildChange, BuildRecord } from '../../store/builds.ts';
import type { StageRunChange, StageRunRecord } from '../../store/stage-runs.ts';
import type { Store } from '../../store/store.ts';
import { ownerOf } from './attempt-names.ts';
import type { Clock } from './clock.ts';
import type { Engine } from './dependencies.ts';
import { buildHasEnded, checkBuildTransition, checkStageTransition } from './states.ts';

export class Recorder {
  readonly journal: JournalWriter;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #damageTold = false;

  constructor(journal: JournalWriter, { store, clock, logger }: Pick<Engine, 'store' | 'clock' | 'logger'>) {
    this.journal = journal;
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @throws FencedError when somebody else changed the build. */
  async build(build: BuildRecord, to: BuildState, change: Omit<BuildChange, 'state'> = {}): Promise<BuildRecord> {
    checkBuildTransition(build.state, to);
    const changed = { ...build, ...change, state: to };
    if (buildHasEnded(to)) await this.#journalEnd(changed);
    const done = await this.#store.changeBuild(build.id, [build.state], { ...change, state: to });
    if (!done) throw new FencedError(`Build ${build.id} is no longer ${build.state}.`);
    this.#logger.info({ build: build.id, state: to, ...codeOf(changed.error) }, 'a build changed its state');
    if (!buildHasEnded(to)) await this.#journalBuild(changed);
    return changed;
  }

  /** @throws FencedError when somebody else changed the run. */
  async stage(
    run: StageRunRecord,
    to: StageState,
    change: Omit<StageRunChange, 'state'> = {},
  ): Promise<StageRunRecord> {
    checkStageTransition(run.state, to);
    if (run.state === 'running') await this.#keepLog(to);
    const full = { ...change, ...this.#durationOf(run), state: to };
    const done = await this.#store.changeStageRun(run.id, [run.state], full);
    if (!done) throw new FencedError(`Attempt ${run.attempt} at ${run.stage} is no longer ${run.state}.`);
    const changed = { ...run, ...full };
    this.#logger.info({ ...ownerOf(run), state: to, ...codeOf(changed.error) }, 'a stage changed its state');
    await this.#journalStage(changed);
    return changed;
  }

  /** A line of ours in the log of a stage. */
  async note({ stage, attempt }: StageRunRecord, text: string): Promise<void> {
    await this.journal.append({ type: 'log', at: this.#now(), stage, attempt, stream: 'ldf', text });
  }

  /** Tells the journal what it does not know yet, because a process died in between or because it is new. */
  async catchUp(build: BuildRecord, runs: readonly StageRunRecord[]): Promise<void> {
    const { history } = this.journal;
    await this.#tellDamage(build, runs);
    if (history.build !== build.state) await this.#journalBuild(build);
    for (const run of runs)
      if (history.attempt(run.stage, run.attempt).state !== run.state) await this.#journalStage(run);
  }

  /** Once, where whoever reads the log comes by. */
  async #tellDamage(build: BuildRecord, runs: readonly StageRunRecord[]): Promise<void> {
    const { cutBytes } = this.journal;
    const run = runs.find(({ state }) => state === 'running') ?? runs.findLast(({ state }) => state !== 'pending');
    const place = run ?? runs[0];
    if (cutBytes === 0 || this.#damageTold || !place) return;
    this.#damageTold = true;
    this.#logger.warn({ build: build.id, cutBytes }, 'the end of a journal was damaged and was cut off');
    const what = `${formatBytes(cutBytes)} at the end of this build's log were damaged, as by a power cut, and were cut off`;
    await this.note(place, `${what}: lines may be missing here.`);
  }

  /** Nobody reads the log of an ended attempt again, so it is written first. A failure is recorded even without it. */
  async #keepLog(to: StageState): Promise<void> {
    try {
      await this.journal.flush();
    } catch (error) {
      if (to === 'succeeded' || error instanceof FencedError) throw error;
    }
  }

  /** Whatever follows on `running` is an end. Not known when the machine was started again in between. */
  #durationOf({ state, startedUptimeMs }: StageRunRecord): Pick<StageRunChange, 'durationMs'> {
    if (state !== 'running' || startedUptimeMs === null) return {};
    const durationMs = this.#clock.uptimeMs() - startedUptimeMs;
    return durationMs < 0 ? {} : { durationMs };
  }

  async #journalBuild({ state, error }: BuildRecord): Promise<void> {
    await this.journal.append({ type: 'build', at: this.#now(), state, error });
  }

  async #journalEnd({ state, error }: BuildRecord): Promise<void> {
    const at = this.#now();
    await this.journal.append({ type: 'build', at, state, error }, { type: 'end', at, state });
    await this.journal.flush();
  }

  async #journalStage({ stage, attempt, state, reason, error }: StageRunRecord): Promise<void> {
    await this.journal.append({ type: 'stage', at: this.#now(), stage, attempt, state, reason, error });
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}

function codeOf(error: Failure | null): { code?: string } {
  return error ? { code: error.code } : {};
}
